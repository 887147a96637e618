import type { Metadata } from "next";
import { InviteLink } from "#components/auth/invite-form.tsx";
import { authText } from "#components/strings/auth.ts";

export const metadata: Metadata = { title: authText.inviteTitle };

export default function InvitePage() {
  return <InviteLink />;
}
