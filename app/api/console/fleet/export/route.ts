import { exportDevices } from "#server/services/device/export.ts";
import { deviceListInput } from "#server/services/device/list-input.ts";
import { handlerRoute } from "#server/web/route.ts";

export const GET = handlerRoute({
  accept: "session",
  handle: async (ctx, request) => {
    const query = Object.fromEntries(new URL(request.url).searchParams);
    const records = await exportDevices(ctx, deviceListInput(query));
    const bytes = streamOf(records);
    return new Response(bytes, {
      headers: {
        "content-type": "text/csv; charset=utf-8; header=present",
        "content-disposition": 'attachment; filename="devices.csv"',
        "cache-control": "no-store",
      },
    });
  },
});

function streamOf(texts: AsyncGenerator<string, void>): ReadableStream<Uint8Array> {
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
