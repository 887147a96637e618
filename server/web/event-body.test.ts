import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { openEventBody, type EventBody } from "#server/web/event-body.ts";

const encoder = new TextEncoder();
const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Opened = { readonly body: EventBody; readonly answer: Promise<IncomingMessage> };
type Heard = { ready: number; cancelled: number };

/** Answers as Next does: headers with the first piece of the stream, then piece by piece. */
async function pipeLikeNext(stream: ReadableStream<Uint8Array>, response: ServerResponse) {
  const writable = new WritableStream<Uint8Array>({
    write: async (chunk) => {
      if (!response.headersSent) response.flushHeaders();
      if (!response.write(chunk)) await once(response, "drain");
    },
    close: () => void response.end(),
  });
  await stream.pipeTo(writable);
}

async function open(isDirect: boolean, heard: Heard, onStart: (body: EventBody) => void) {
  return new Promise<Opened>((resolve) => {
    const server = createServer((_request, response) => {
      const body = openEventBody(
        {
          onStart: (opened) => onStart({ ...opened, stream: new ReadableStream() }),
          onReady: () => {
            heard.ready += 1;
          },
          onCancel: () => {
            heard.cancelled += 1;
          },
        },
        isDirect ? response : undefined,
      );
      // Whatever reads it comes a little later, as a framework does.
      setTimeout(() => void pipeLikeNext(body.stream, response).catch(() => undefined), 20);
      resolve({ body, answer });
    });
    let take: (message: IncomingMessage) => void;
    const answer = new Promise<IncomingMessage>((taken) => {
      take = taken;
    });
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      const request = get({ port, host: "127.0.0.1", agent: false }, (message) => take(message));
      request.on("error", () => undefined);
      closing.push(() => {
        request.destroy();
        server.closeAllConnections();
        server.close();
      });
    });
  });
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of message.setEncoding("utf8")) text += String(chunk);
  return text;
}

const untilReady = async (body: EventBody) =>
  expect.poll(() => body.isReady(), { timeout: 2_000 }).toBe(true);

describe.each([
  ["through the stream", false],
  ["past the stream", true],
])("events %s", (_, isDirect) => {
  it("keep their order, also those that are written before anyone reads", async () => {
    const heard = { ready: 0, cancelled: 0 };
    const { body, answer } = await open(isDirect, heard, ({ write }) => {
      for (const event of ["a", "b", "c"]) write(encoder.encode(event));
    });
    const text = answer.then(textOf);
    body.write(encoder.encode("d"));
    await untilReady(body);
    for (const event of "efghij") body.write(encoder.encode(event));
    body.end();
    body.write(encoder.encode("late"));
    expect(await text).toBe("abcdefghij");
  });

  it("are not lost when the end comes before the beginning", async () => {
    const heard = { ready: 0, cancelled: 0 };
    const { answer } = await open(isDirect, heard, ({ write, end }) => {
      for (const event of ["first", " ", "last"]) write(encoder.encode(event));
      end();
    });
    expect(await answer.then(textOf)).toBe("first last");
  });

  it("wait for a reader who is slow, and go on when he reads", async () => {
    const heard = { ready: 0, cancelled: 0 };
    const { body, answer } = await open(isDirect, heard, ({ write }) => write(encoder.encode("a")));
    const message = await answer;
    message.pause();
    await untilReady(body);
    const event = encoder.encode("x".repeat(64 * 1024));
    let written = 0;
    for (let tries = 0; tries < 2_000 && body.isReady(); tries += 1) {
      body.write(event);
      written += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(written).toBeLessThan(2_000);
    const before = heard.ready;
    const text = textOf(message);
    await untilReady(body);
    expect(heard.ready).toBeGreaterThan(before);
    body.end();
    expect(await text).toHaveLength(1 + written * event.length);
  });
});
