import { liveStream } from "#server/web/live-stream.ts";
import { handlerRoute } from "#server/web/route.ts";

export const GET = handlerRoute({ accept: "session", handle: liveStream });
