import { rootCertificate } from "#server/services/certificate/root.ts";
import { handlerRoute } from "#server/web/route.ts";

export const GET = handlerRoute({
  accept: "session",
  handle: async (ctx) => {
    const { pem } = await rootCertificate(ctx, {});
    return new Response(pem, {
      headers: {
        "content-type": "application/x-pem-file",
        "content-disposition": 'attachment; filename="quayside-ca.pem"',
        "cache-control": "no-store",
      },
    });
  },
});
