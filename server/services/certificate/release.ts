import type { Tx } from "#server/db/client.ts";
import { notifyControl } from "#server/db/notify-control.ts";
import { release, type Release } from "#server/domain/certificate-hold.ts";
import {
  findCertificate,
  type FoundCertificate,
} from "#server/services/certificate/find-certificate.ts";
import { holdCertificateSchema } from "#server/services/certificate/schemas.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { deviceChanged, deviceTarget } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** A certificate that may be used again. */
export type CertificateReleased = {
  readonly certificateId: string;
  readonly deviceId: string;
  readonly sha256: string;
  readonly state: "issued" | "active" | "superseded";
};

/**
 * Ends the hold of a certificate, which comes back to the state that it had.
 * @throws ServiceError not_found, conflict (it is not on hold, has expired meanwhile, or two others of
 * its device may be used already)
 */
export const releaseCertificate = defineMutation({
  name: "certificate.release",
  can: "certificate.revoke",
  input: holdCertificateSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const found = await findCertificate(tx, ctx, input.certificateId);
    const state = await stateAfter(tx, ctx, found);
    const { id, sha256, serial, device } = found;
    await tx.certificate.updateMany({
      where: { tenantId, id, state: "suspended" },
      data: { state, suspendedAt: null },
    });
    const released = await tx.certificateRevocation.updateManyAndReturn({
      where: { tenantId, certificateId: id, kind: "suspended", releasedAt: null },
      data: { releasedAt: ctx.now(), releasedBy: actorName(ctx.actor) },
      select: { id: true },
    });
    // Lists drop it again; workers forget that it was held.
    await notifyControl(tx, { kind: "revocation", tenantId });
    const value: CertificateReleased = {
      certificateId: id,
      deviceId: device.deviceId,
      sha256,
      state,
    };
    return {
      value,
      audit: {
        target: deviceTarget(device),
        ...(input.reason === "" ? {} : { reason: input.reason }),
        payload: {
          certificateId: id,
          sha256,
          serial,
          before: { state: "suspended" },
          after: { state },
          revocations: released.map((entry) => entry.id),
        },
      },
      control: deviceChanged(ctx, device),
    };
  },
});

async function stateAfter(
  tx: Tx,
  ctx: Context,
  { id, state, device, activatedAt, notAfter }: FoundCertificate,
): Promise<NonNullable<Release["state"]>> {
  if (state !== "suspended") {
    throw new ServiceError(
      "conflict",
      state === "revoked"
        ? "This certificate is revoked, and that is for good."
        : "This certificate is not on hold.",
      { remedy: state === "revoked" ? "Issue a new one for the device." : "Nothing was changed." },
    );
  }
  const others = await tx.certificate.findMany({
    where: { tenantId: ctx.tenantId, deviceId: device.id, id: { not: id } },
    select: { state: true, notAfter: true },
  });
  const verdict = release({ activatedAt, notAfter, others }, ctx.now());
  if (verdict.state !== undefined) return verdict.state;
  throw refusal(verdict.problem, device.deviceId);
}

function refusal(problem: "expired" | "too-many", deviceId: string): ServiceError {
  return problem === "expired"
    ? new ServiceError("conflict", "This certificate has expired while it was on hold.", {
        remedy: `Issue a new one on the page of ${deviceId}.`,
      })
    : new ServiceError("conflict", `Two other certificates of ${deviceId} may be used already.`, {
        remedy: "Revoke or suspend one of them first, or leave this one on hold.",
      });
}
