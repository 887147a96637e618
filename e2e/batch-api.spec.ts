import { expect, test as baseTest } from "#e2e/fixtures.ts";

type Init = Omit<RequestInit, "headers"> & { readonly headers?: Record<string, string> };
type Call = (path: string, init?: Init) => Promise<Response>;
type Batch = {
  readonly id: string;
  readonly state: string;
  readonly total: number;
  readonly bundle: string;
};

/** As `api` of the fixtures, with a media type of the caller's. */
const test = baseTest.extend<{ rest: () => Promise<Call> }>({
  rest: async ({ cli, product }, use) =>
    use(async () => {
      const { document } = await cli("token", "create", "--role", "admin", "--name", "batches");
      const authorization = `Bearer ${String(document["token"])}`;
      return (path, init = {}) => {
        const type = init.body === undefined ? {} : { "content-type": "application/json" };
        const headers = { authorization, ...type, ...init.headers };
        return fetch(`${product.url}/api/v1${path}`, { ...init, headers });
      };
    }),
});
async function openBatch(call: Call, options: object = {}): Promise<string> {
  const profiles = (await (await call("/profiles")).json()) as { id: string }[];
  const body = JSON.stringify({ name: "Over REST", profileId: profiles[0]?.id, options });
  const opened = await call("/batches", { method: "POST", body });
  expect(opened.status).toBe(201);
  return ((await opened.json()) as { batchId: string }).batchId;
}

function send(call: Call, batchId: string, body: ReadableStream<Uint8Array> | string) {
  return call(`/batches/${batchId}/manifest`, {
    method: "PUT",
    headers: { "content-type": "text/csv" },
    body,
    duplex: "half",
  } as Init);
}

async function until(call: Call, batchId: string, states: readonly string[]): Promise<Batch> {
  for (;;) {
    const batch = (await (await call(`/batches/${batchId}`)).json()) as Batch;
    if (states.includes(batch.state)) return batch;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A file of rows of a kilobyte each, made while it is sent. */
function rows(count: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (at === 0) controller.enqueue(Buffer.from("id,name,ignored\n"));
      const lines: string[] = [];
      for (let n = 0; n < 100 && at < count; n += 1, at += 1) {
        lines.push(`rest-${at},Pump ${at},${"x".repeat(1000)}\n`);
      }
      if (lines.length > 0) controller.enqueue(Buffer.from(lines.join("")));
      if (at >= count) controller.close();
    },
  });
}

test("a manifest of 20 MB arrives whole; one without an end is cut and says so", async ({
  rest,
}) => {
  test.setTimeout(120_000);
  const call = await rest();
  const whole = await openBatch(call);

  const sent = await send(call, whole, rows(20_000));

  expect(sent.status).toBe(200);
  expect(await sent.json()).toMatchObject({ total: 20_000 });
  expect(await until(call, whole, ["ready", "refused"])).toMatchObject({ state: "ready" });
  await call(`/batches/${whole}/cancel`, { method: "POST" });

  const endless = await openBatch(call);
  const cut = await send(call, endless, rows(10_000_000));
  expect(cut.status).toBe(422);
  expect(await cut.json()).toMatchObject({ detail: expect.stringContaining("at most 100000") });
});

test("devices are made, their keys fetched once, and labels printed, over REST", async ({
  rest,
}) => {
  const call = await rest();
  const batchId = await openBatch(call, { keys: "generate" });
  await send(call, batchId, "id\nrest-key-1\nrest-key-2\n");
  await until(call, batchId, ["ready"]);
  expect((await call(`/batches/${batchId}/start`, { method: "POST" })).status).toBe(202);
  expect(await until(call, batchId, ["sampling"])).toMatchObject({ bundle: "ready" });

  const labels = await call(`/batches/${batchId}/labels`);
  const body = JSON.stringify({ passphrase: "correct horse battery" });
  const bundle = await call(`/batches/${batchId}/bundle`, { method: "POST", body });
  const bytes = Buffer.from(await bundle.arrayBuffer());

  expect(labels.headers.get("content-type")).toBe("application/pdf");
  expect(
    Buffer.from(await labels.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe("%PDF-");
  expect(bytes.subarray(0, 2).toString()).toBe("PK");
  const again = await call(`/batches/${batchId}/bundle`, { method: "POST", body });
  expect(again.status).toBe(409);
  const alone = await call(`/batches/${batchId}/approve`, { method: "POST" });
  expect(await alone.json()).toMatchObject({ detail: expect.stringContaining("another person") });
});

test("a file in another encoding is refused in words that name UTF-8", async ({ rest }) => {
  const call = await rest();
  const batchId = await openBatch(call);
  const latin1 = new Blob([new Uint8Array(Buffer.from("id,name\na,Gr\xf6\xdfe\n", "latin1"))]);

  const sent = await send(call, batchId, latin1.stream());

  expect(sent.status).toBe(422);
  expect(await sent.json()).toMatchObject({ detail: "The file is not encoded in UTF-8." });
});
