import "server-only";

/** A file as a download, passed on as it is made; nothing of it before it is asked for. */
export function fileResponse(
  file: { readonly name: string; readonly type: string },
  bytes: AsyncGenerator<Uint8Array, void>,
): Response {
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = await bytes.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: async () => {
      await bytes.return();
    },
  });
  return new Response(stream, {
    headers: {
      "content-type": file.type,
      "content-disposition": `attachment; filename="${file.name}"`,
      "cache-control": "no-store",
    },
  });
}
