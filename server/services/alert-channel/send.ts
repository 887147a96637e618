import { createTransport } from "nodemailer";
import { KeyMissing, SealBroken, type Keyring } from "#server/crypto/envelope.ts";
import {
  mailSubject,
  mailText,
  webhookBody,
  type Notification,
} from "#server/domain/alert-message.ts";
import { oneLine } from "#server/domain/one-line.ts";
import { channelSecretPlace } from "#server/services/alert-channel/secret.ts";
import { PostFailed, postJson } from "#server/services/webhook/post-json.ts";
import { networkWith, type Network } from "#server/services/webhook/public-network.ts";
import { signedHeaders } from "#server/services/webhook/sign.ts";

/** It was not delivered; the message says why, without secrets. */
export class NotSent extends Error {}

/** What is sent by e-mail. */
export type Mail = {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
};

/** The ways out of this installation. */
export type AlertSenders = {
  /** @throws NotSent. Undefined: the installation has no mail server. */
  readonly mail: ((mail: Mail) => Promise<void>) | undefined;
  readonly network: Network;
  /** Of the console, without a trailing slash. */
  readonly consoleUrl: string;
};

type MailSettings = {
  readonly SMTP_URL?: string | undefined;
  readonly SMTP_FROM?: string | undefined;
  readonly WEBHOOK_ALLOW: readonly string[];
  readonly PUBLIC_URL: string;
};

const patienceMs = 10_000;

/** By the code that nodemailer gives an error. */
const mailFailures: Readonly<Record<string, string>> = {
  EAUTH: "The mail server refused the user name or the password of SMTP_URL.",
  EDNS: "The name of the mail server does not resolve.",
  EENVELOPE: "The mail server refused the sender or the recipient.",
  EMESSAGE: "The mail server refused the message.",
  ETLS: "The mail server cannot be reached over TLS.",
  ESOCKET: "The mail server cannot be reached.",
  ECONNECTION: "The mail server cannot be reached.",
  ETIMEDOUT: "The mail server did not answer in time.",
};

function mailFailure(error: unknown): NotSent {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const status = error instanceof Error && "responseCode" in error ? Number(error.responseCode) : 0;
  const words = mailFailures[code] ?? "The mail server did not take the message.";
  return new NotSent(status > 0 ? `${words} It answered ${status}.` : words);
}

/** A user name and password are sent over TLS only. */
function mailer(url: string, from: string): (mail: Mail) => Promise<void> {
  const transport = createTransport(
    {
      url,
      requireTLS: new URL(url).username !== "",
      connectionTimeout: patienceMs,
      greetingTimeout: patienceMs,
      socketTimeout: patienceMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  const host = from.match(/@([\w.-]+)/)?.[1] ?? "quayside.invalid";
  return async ({ id, to, subject, text }) => {
    try {
      await transport.sendMail({ to, subject, text, messageId: `<${id}@${host}>` });
    } catch (error) {
      throw mailFailure(error);
    }
  };
}

/** The ways out that the environment allows. */
export function createAlertSenders(env: MailSettings): AlertSenders {
  const { SMTP_URL: url, SMTP_FROM: from } = env;
  return {
    mail: url === undefined || from === undefined ? undefined : mailer(url, from),
    network: networkWith(env.WEBHOOK_ALLOW),
    consoleUrl: env.PUBLIC_URL,
  };
}

/** A channel as sending needs it. */
export type SendingChannel = {
  readonly tenantId: string;
  readonly id: string;
  readonly kind: string;
  readonly target: string;
  readonly sealedSecret: Uint8Array | null;
};

/**
 * Sends a notification to a channel.
 * @throws NotSent
 */
export async function sendNotification(
  at: { readonly senders: AlertSenders; readonly keyring: Keyring; readonly now: Date },
  channel: SendingChannel,
  notification: Notification,
): Promise<void> {
  if (channel.kind !== "email") return postNotification(at, channel, notification);
  if (at.senders.mail === undefined) {
    throw new NotSent(
      "This installation has no mail server. Whoever runs it sets SMTP_URL and SMTP_FROM.",
    );
  }
  await at.senders.mail({
    id: notification.id,
    to: channel.target,
    subject: mailSubject(notification),
    text: mailText(notification),
  });
}

async function postNotification(
  at: { readonly senders: AlertSenders; readonly keyring: Keyring; readonly now: Date },
  channel: SendingChannel,
  notification: Notification,
): Promise<void> {
  const message = { id: notification.id, body: webhookBody(notification, at.now) };
  const headers = signedHeaders(secretOf(at.keyring, channel), message, at.now);
  try {
    const { body } = message;
    const answer = await postJson(new URL(channel.target), { body, headers }, at.senders.network);
    if (answer.status >= 200 && answer.status < 300) return;
    throw new NotSent(`The webhook answered with status ${answer.status}.`);
  } catch (error) {
    if (error instanceof PostFailed) throw new NotSent(oneLine(error.message, 300));
    throw error;
  }
}

function secretOf(keyring: Keyring, channel: SendingChannel): Buffer {
  if (channel.sealedSecret === null) throw new NotSent("The webhook has no secret; make one.");
  try {
    return keyring.open(channelSecretPlace(channel), channel.sealedSecret);
  } catch (error) {
    if (!(error instanceof SealBroken || error instanceof KeyMissing)) throw error;
    throw new NotSent("The webhook's secret cannot be read here; make another one.");
  }
}
