import type { ProfileChoice } from "#components/gateway/profile-choice.ts";
import { gatewayText } from "#components/strings/gateway.ts";
import { parseChildren } from "#server/domain/child-lines.ts";
import { isDeviceId } from "#server/domain/device-id.ts";

/** A child as the server takes it. */
type Child = { readonly deviceId: string; readonly name?: string; readonly profileId?: string };

/** Pasted lines as children, and what is wrong with lines that are none. */
export function readChildren(
  text: string,
  profiles: readonly ProfileChoice[],
): { readonly children: Child[]; readonly problems: readonly string[] } {
  const children: Child[] = [];
  const problems: string[] = [];
  for (const { line, deviceId, name, profile } of parseChildren(text)) {
    const known = profiles.find((each) => each.name === profile || each.id === profile);
    if (!isDeviceId(deviceId))
      problems.push(gatewayText.badId(String(line), deviceId.slice(0, 80)));
    else if (profile !== "" && known === undefined) {
      problems.push(gatewayText.unknownProfile(String(line), profile.slice(0, 80)));
    } else {
      children.push({ deviceId, name, ...(known === undefined ? {} : { profileId: known.id }) });
    }
  }
  return { children, problems };
}
