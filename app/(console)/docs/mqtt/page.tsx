import type { Metadata } from "next";
import { MqttGuide } from "#components/mqtt-guide/mqtt-guide.tsx";
import { guideText } from "#components/strings/mqtt-guide.ts";
import { may } from "#server/domain/roles.ts";
import { deviceEndpoint } from "#server/web/endpoint.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: guideText.title };

export default async function MqttGuidePage() {
  const { role } = await requireSession();
  return <MqttGuide listeners={deviceEndpoint()} mayLimits={may(role, "limit.view")} />;
}
