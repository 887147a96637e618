import type { Story, StoryTools } from "#e2e/chaos/presence/story.ts";
import { approveDevice } from "#server/services/device/approve.ts";
import { deviceCredentials } from "#server/services/device/credentials.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { resumeDevice } from "#server/services/device/resume.ts";
import { revokeCredential } from "#server/services/device/revoke-credential.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";
import { changeProfile } from "#server/services/profile/change.ts";
import { withTenant } from "#server/db/tenant.ts";

const pump = {
  connectivity: "always_on",
  expectedSeconds: 10,
  devices: { pump: null },
} as const;

const what = (at: StoryTools) => ({ deviceId: at.device("pump").identity.id, reason: "" });

/** As enrolment leaves a device that somebody has to look at first. */
async function quarantine(at: StoryTools): Promise<void> {
  const { id } = at.device("pump").identity;
  await withTenant(at.ctx, (tx) =>
    tx.device.updateMany({ where: { deviceId: id }, data: { state: "quarantined" } }),
  );
}

async function speakUntil(at: StoryTools, until: number): Promise<number> {
  await at.until(1);
  at.is("pump", await at.device("pump").connect(), "online");
  return at.device("pump").talk({ until });
}

async function expectEvery(at: StoryTools, seconds: number): Promise<void> {
  const { ctx, profileId } = at;
  const change = { profileId, revision: 1, expectedContactSeconds: seconds };
  await changeProfile(ctx, change);
}

/** What people decide while devices come and go. */
export const peopleStories: readonly Story[] = [
  {
    ...pump,
    name: "is suspended while it is connected, and resumed when it is overdue",
    tell: async (at) => {
      const last = await speakUntil(at, 9);
      await suspendDevice(at.ctx, what(at));
      at.is("pump", at.now(), "suspended");
      await at.device("pump").ended();
      await at.device("pump").knock();
      await at.until(last + 14);
      await resumeDevice(at.ctx, what(at));
      at.is("pump", at.now(), "late");
      await at.until(at.now() + 4);
      at.is("pump", await at.device("pump").connect(), "online");
      await at.device("pump").say();
      await at.until(at.now() + 4);
    },
  },
  {
    ...pump,
    name: "is suspended for a moment, and comes back in time",
    tell: async (at) => {
      await speakUntil(at, 9);
      await suspendDevice(at.ctx, what(at));
      at.is("pump", at.now(), "suspended");
      await at.device("pump").ended();
      await at.until(at.now() + 3);
      await resumeDevice(at.ctx, what(at));
      at.is("pump", at.now(), "idle");
      await at.until(at.now() + 2);
      at.is("pump", await at.device("pump").connect(), "online");
      await at.device("pump").talk({ until: 26 });
      await at.until(at.now() + 3);
    },
  },
  {
    ...pump,
    name: "is decommissioned, and knocks in vain",
    tell: async (at) => {
      await speakUntil(at, 9);
      await decommissionDevice(at.ctx, what(at));
      at.is("pump", at.now(), "decommissioned");
      await at.device("pump").ended();
      await at.until(20);
      await at.device("pump").knock();
      await at.until(30);
    },
  },
  {
    ...pump,
    name: "waits in quarantine, connected and speaking, until somebody approves it",
    tell: async (at) => {
      await at.until(0.5);
      await quarantine(at);
      at.is("pump", at.now(), "quarantined");
      await at.until(2);
      await at.device("pump").connect();
      const last = await at.device("pump").talk({ until: 13 });
      await at.until(last + 2);
      await approveDevice(at.ctx, what(at));
      at.is("pump", at.now(), "online");
      await at.device("pump").talk({ until: at.now() + 9 });
      at.is("pump", await at.device("pump").goodbye(), "idle");
      await at.until(at.now() + 4);
    },
  },
  {
    ...pump,
    name: "its only credential is revoked while it is connected",
    tell: async (at) => {
      const last = await speakUntil(at, 9);
      const { deviceId } = what(at);
      const [credential] = await deviceCredentials(at.ctx, { deviceId });
      const credentialId = credential?.id ?? "";
      await revokeCredential(at.ctx, { deviceId, credentialId });
      at.is("pump", await at.device("pump").ended(), "idle");
      at.is("pump", last + 10, "stranded");
      await at.until(last + 34);
    },
  },
  {
    ...pump,
    name: "people expect it less often while it is late",
    tell: async (at) => {
      const last = await speakUntil(at, 5);
      at.is("pump", last + 10, "late");
      await at.until(last + 14);
      await expectEvery(at, 30);
      at.is("pump", at.now(), "online");
      at.is("pump", last + 30, "late");
      await at.until(last + 34);
    },
  },
];
