import { createHmac } from "node:crypto";

/** A message for a webhook; its repetitions have the same id. */
export type WebhookMessage = { readonly id: string; readonly body: string };

/** By which Standard Webhooks marks a secret. */
export const webhookSecretPrefix = "whsec_";

/** As Standard Webhooks signs (standardwebhooks.com): id, seconds and body under HMAC-SHA256. */
export function signedHeaders(
  secret: Buffer,
  message: WebhookMessage,
  now: Date,
): Readonly<Record<string, string>> {
  const seconds = Math.floor(now.getTime() / 1000).toString();
  const signature = createHmac("sha256", secret)
    .update(`${message.id}.${seconds}.${message.body}`, "utf8")
    .digest("base64");
  return {
    "webhook-id": message.id,
    "webhook-timestamp": seconds,
    "webhook-signature": `v1,${signature}`,
    "user-agent": "Quayside",
  };
}
