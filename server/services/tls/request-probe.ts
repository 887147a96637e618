import { defineMutation } from "#server/services/mutation.ts";
import { askForProbe, requireOperator } from "#server/services/tls/internal.ts";
import { requestTlsProbeSchema } from "#server/services/tls/schemas.ts";

/**
 * Asks a worker to probe the TLS listeners now. What comes of it is in the list of probes.
 * @throws ServiceError forbidden (another organisation runs the installation)
 */
export const requestTlsProbe = defineMutation({
  name: "tls.probe",
  can: "tls.manage",
  input: requestTlsProbeSchema,
  run: async ({ ctx, tx }) => {
    await requireOperator(tx, ctx);
    return {
      value: { requestedAt: await askForProbe(tx, ctx) },
      audit: { target: "tls:listeners", payload: {} },
      control: { kind: "probe" as const, tenantId: ctx.tenantId },
    };
  },
});
