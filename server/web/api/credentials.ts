import { z } from "zod";
import { pskSlots } from "#server/domain/psk.ts";
import { sasSlots } from "#server/domain/sas-key.ts";
import { createPassword } from "#server/services/device/create-password.ts";
import { createPsk } from "#server/services/device/create-psk.ts";
import { createSasKey } from "#server/services/device/create-sas-key.ts";
import { credentialKinds, deviceCredentials } from "#server/services/device/credentials.ts";
import { revokeCredential } from "#server/services/device/revoke-credential.ts";
import { rotatePsk } from "#server/services/device/rotate-psk.ts";
import { rotateSasKey } from "#server/services/device/rotate-sas-key.ts";

const instant = z.iso.datetime();
const tag = "Devices";

const psk = z.object({
  deviceId: z.string(),
  credentialId: z.uuid(),
  slot: z.enum(pskSlots),
  identity: z.string().describe("What the device calls itself in the TLS handshake"),
  key: z.string().describe("Hexadecimal"),
});

const sasKey = z.object({
  deviceId: z.string(),
  credentialId: z.uuid(),
  slot: z.enum(sasSlots),
  key: z.string().describe("Base64"),
});

export const listCredentialsRoute = {
  method: "get",
  path: "/devices/{deviceId}/credentials",
  tag,
  summary: "List a device's tokens, SAS keys and pre-shared keys, without their secrets",
  operation: deviceCredentials,
  request: deviceCredentials.input,
  response: z.array(
    z.object({
      id: z.uuid(),
      kind: z.enum(credentialKinds),
      state: z.enum(["active", "revoked"]),
      createdAt: instant,
      createdBy: z.string(),
      lastUsedAt: instant.nullable().describe("To some minutes"),
      revokedAt: instant.nullable(),
    }),
  ),
} as const;

export const revokeCredentialRoute = {
  method: "delete",
  path: "/devices/{deviceId}/credentials/{credentialId}",
  tag,
  summary:
    "Revoke a device's token, SAS key or pre-shared key; connections that used it are dropped at once",
  operation: revokeCredential,
  request: revokeCredential.input,
  status: 204,
} as const;

export const createPasswordRoute = {
  method: "post",
  path: "/devices/{deviceId}/password",
  tag,
  summary:
    "Make a device's token (its password), shown once; earlier ones end with it, with `keepOld` all but the newest",
  operation: createPassword,
  request: createPassword.input,
  response: z.object({ username: z.string(), password: z.string() }),
  status: 201,
} as const;

export const createSasKeyRoute = {
  method: "post",
  path: "/devices/{deviceId}/sas-keys",
  tag,
  summary: "Give a device a key for SAS tokens, shown once; without `key` it is made here",
  operation: createSasKey,
  request: createSasKey.input,
  response: sasKey,
  status: 201,
} as const;

export const rotateSasKeyRoute = {
  method: "post",
  path: "/devices/{deviceId}/sas-keys/{slot}/rotate",
  tag,
  summary: "Replace a device's key for SAS tokens; connections that used it are dropped at once",
  operation: rotateSasKey,
  request: rotateSasKey.input,
  response: sasKey,
  status: 201,
} as const;

export const createPskRoute = {
  method: "post",
  path: "/devices/{deviceId}/psks",
  tag,
  summary: "Give a device a pre-shared key for TLS, shown once; without `key` it is made here",
  operation: createPsk,
  request: createPsk.input,
  response: psk,
  status: 201,
} as const;

export const rotatePskRoute = {
  method: "post",
  path: "/devices/{deviceId}/psks/{slot}/rotate",
  tag,
  summary: "Replace a device's pre-shared key; connections that used it are dropped at once",
  operation: rotatePsk,
  request: rotatePsk.input,
  response: psk,
  status: 201,
} as const;
