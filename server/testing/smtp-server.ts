import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A message as the server took it. */
export type TakenMail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
};

/** A mail server in this process (RFC 5321, as much as a client needs). */
export type TestSmtp = {
  readonly url: string;
  readonly mails: readonly TakenMail[];
  /** Answers the next recipients with this code and text instead of 250. */
  refuse(answer: string | undefined): void;
  stop(): Promise<void>;
};

type Talk = { from: string; to: string[]; data: string[] | undefined; buffer: string };

/** Starts one on a free port of this machine. */
export async function startTestSmtp(): Promise<TestSmtp> {
  const mails: TakenMail[] = [];
  const state: { refusal: string | undefined } = { refusal: undefined };
  const server = createServer((socket) => serve(socket, { mails, state }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refuse: (answer) => {
      state.refusal = answer;
    },
    stop: () => closeServer(server),
  };
}

async function closeServer(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

type Kept = {
  readonly mails: TakenMail[];
  readonly state: { readonly refusal: string | undefined };
};

function serve(socket: Socket, kept: Kept): void {
  const talk: Talk = { from: "", to: [], data: undefined, buffer: "" };
  const say = (line: string): boolean => socket.write(`${line}\r\n`);
  say("220 test");
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes) => {
    talk.buffer += bytes.toString("utf8");
    const lines = talk.buffer.split("\r\n");
    talk.buffer = lines.pop() ?? "";
    for (const line of lines) {
      const answer =
        talk.data === undefined ? command(talk, line, kept) : dataLine(talk, line, kept);
      if (answer !== undefined) say(answer);
      if (answer?.startsWith("221") === true) socket.end();
    }
  });
}

function dataLine(talk: Talk, line: string, { mails }: Kept): string | undefined {
  if (line !== ".") {
    talk.data?.push(line.startsWith("..") ? line.slice(1) : line);
    return undefined;
  }
  mails.push({ from: talk.from, to: talk.to, data: (talk.data ?? []).join("\n") });
  talk.data = undefined;
  talk.to = [];
  return "250 taken";
}

function command(talk: Talk, line: string, { state }: Kept): string {
  const address = /<([^>]*)>/.exec(line)?.[1] ?? "";
  switch (line.slice(0, 4).toUpperCase()) {
    case "EHLO":
    case "HELO":
    case "RSET":
      return "250 test";
    case "MAIL":
      talk.from = address;
      return "250 ok";
    case "RCPT":
      if (state.refusal !== undefined) return state.refusal;
      talk.to.push(address);
      return "250 ok";
    case "DATA":
      talk.data = [];
      return "354 go on";
    case "QUIT":
      return "221 bye";
    default:
      return "502 not here";
  }
}
