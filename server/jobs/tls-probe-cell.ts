import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { ProbeQuestion } from "#server/domain/tls-probe-plan.ts";
import { askEst, askMqtt, overWebSocket, type ProbeAnswer } from "#server/jobs/tls-probe-ask.ts";
import type { ProbeIdentities, ProbeIdentity } from "#server/jobs/tls-probe-clients.ts";
import { handMadeSuites, offerByHand } from "#server/jobs/tls-probe-hello.ts";

/** Where a listener is, as seen from this machine. */
export type ProbeTarget = {
  readonly host: string;
  readonly port: number;
  /** The address to come from; see `probeAddress`. */
  readonly localAddress?: string | undefined;
};

/** A question with its answer. */
export type ProbeCell = ProbeQuestion & ProbeAnswer & { readonly milliseconds: number };

const defaultTimeoutMs = 5_000;

/**
 * Asks one question by a real handshake and, where a client certificate is to be judged, by a
 * CONNECT or an EST request. It never throws: a listener that does not answer is an outcome.
 * @param at.clock epoch milliseconds
 */
export async function probeCell(
  question: ProbeQuestion,
  at: {
    readonly target: ProbeTarget;
    readonly identities: ProbeIdentities;
    readonly clock: () => number;
    readonly timeoutMs?: number;
  },
): Promise<ProbeCell> {
  const started = at.clock();
  const timeoutMs = at.timeoutMs ?? defaultTimeoutMs;
  const answer = await ask(question, { ...at, timeoutMs }).catch((error: unknown) => ({
    outcome: "unreachable" as const,
    detail: error instanceof Error ? error.message : String(error),
  }));
  return { ...question, ...answer, milliseconds: Math.round(at.clock() - started) };
}

type At = {
  readonly target: ProbeTarget;
  readonly identities: ProbeIdentities;
  readonly timeoutMs: number;
};

/** @throws Error when the listener does not answer */
async function ask(question: ProbeQuestion, at: At): Promise<ProbeAnswer> {
  const byHand = handMadeSuites[question.suite];
  if (byHand !== undefined) {
    const { isTaken, detail } = await offerByHand(at.target, byHand, at.timeoutMs);
    return { outcome: isTaken ? "accepted" : "refused-handshake", detail };
  }
  const shown = at.identities[question.client];
  if (shown !== undefined && "missing" in shown) {
    return { outcome: "not-probed", detail: shown.missing };
  }
  const shaken = await shakeHands(question, at, shown);
  if ("outcome" in shaken) return shaken;
  const { socket } = shaken;
  try {
    const negotiated = `${socket.getProtocol() ?? "?"} ${socket.getCipher().name}`;
    if (question.client === "unasked") return { outcome: "accepted", detail: negotiated };
    return await judged(question, socket, at.timeoutMs);
  } finally {
    socket.destroy();
  }
}

/** What becomes of the client certificate once the handshake is done. */
async function judged(
  { listener }: ProbeQuestion,
  socket: TLSSocket,
  timeoutMs: number,
): Promise<ProbeAnswer> {
  if (listener === "device-https") return askEst(socket, timeoutMs);
  return askMqtt(listener === "wss" ? await overWebSocket(socket, timeoutMs) : socket, timeoutMs);
}

/**
 * The listener's certificate is not judged here: that it is the right one is seen by devices, and the
 * prober reaches it by an address that it need not name.
 */
function optionsOf(
  { listener, version, suite, curve }: ProbeQuestion,
  { target }: At,
  shown: ProbeIdentity | undefined,
): ConnectionOptions {
  return {
    ...target,
    minVersion: version,
    maxVersion: version,
    ciphers: version === "TLSv1.3" ? suite : `${suite === "any" ? "ALL" : suite}:@SECLEVEL=0`,
    ecdhCurve: curve,
    ALPNProtocols: [listener === "mqtts" ? "mqtt" : "http/1.1"],
    rejectUnauthorized: false,
    ...(shown === undefined ? {} : { key: shown.key, cert: shown.cert }),
  };
}

/** @throws Error when the listener cannot be reached or is silent */
function shakeHands(
  question: ProbeQuestion,
  at: At,
  shown: ProbeIdentity | undefined,
): Promise<{ readonly socket: TLSSocket } | ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(optionsOf(question, at, shown));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error("no answer in time"));
    }, at.timeoutMs);
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      resolve({ socket });
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const { code = "" } = error;
      if (code.startsWith("ERR_SSL") || code === "ECONNRESET" || code === "EPROTO") {
        resolve({ outcome: "refused-handshake", detail: alertOf(code) });
      } else reject(error);
    });
  });
}

/** `ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION` in words: protocol version. */
function alertOf(code: string): string {
  const words = code.replace(/^ERR_SSL_/, "").replace(/^.*ALERT_/, "");
  return words.toLowerCase().replaceAll("_", " ");
}
