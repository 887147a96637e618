import "server-only";

/** Records of CSV as a download, passed on as they are made. */
export function csvResponse(name: string, records: AsyncGenerator<string, void>): Response {
  return new Response(streamOf(records), {
    headers: {
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
    },
  });
}

/** Texts as they are made, none of them before it is asked for. */
export function streamOf(texts: AsyncGenerator<string, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      const next = await texts.next();
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    cancel: async () => {
      await texts.return();
    },
  });
}
