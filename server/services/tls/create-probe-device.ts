import { probeDeviceId } from "#server/domain/tls-probe-plan.ts";
import { insertDevice } from "#server/services/device/insert-device.ts";
import { deviceTarget } from "#server/services/device/internal.ts";
import { createDeviceSchema } from "#server/services/device/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { askForProbe, requireOperator } from "#server/services/tls/internal.ts";
import { hasProbeDevice, store } from "#server/services/tls/probe-identity.ts";
import { createTlsProbeDeviceSchema } from "#server/services/tls/schemas.ts";

/**
 * Lets the prober have a device of its own in the organisation that runs the installation, so that
 * good, expired and revoked certificates are probed as well, from now on. It counts as one device;
 * decommissioning it ends it.
 * @throws ServiceError forbidden (another organisation runs the installation), conflict (it exists)
 */
export const createTlsProbeDevice = defineMutation({
  name: "tls.probe_device_create",
  can: "tls.manage",
  input: createTlsProbeDeviceSchema,
  run: async ({ ctx, tx }) => {
    await requireOperator(tx, ctx);
    if (await hasProbeDevice(tx)) {
      throw new ServiceError("conflict", `There is a device ${probeDeviceId} already.`, {
        remedy: "Nothing was changed.",
      });
    }
    const input = createDeviceSchema.parse({ name: "TLS probe", deviceId: probeDeviceId });
    const { device } = await insertDevice({ ctx, tx, input });
    const { tenantId } = ctx;
    await store(tx, ctx, { tenantId, deviceId: device.id });
    const requestedAt = await askForProbe(tx, ctx);
    return {
      value: { deviceId: device.deviceId, requestedAt },
      audit: { target: deviceTarget(device), payload: { after: device } },
      control: { kind: "probe" as const, tenantId },
    };
  },
});
