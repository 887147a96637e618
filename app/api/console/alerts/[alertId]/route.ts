import { showAlert } from "#server/services/alert/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showAlert, ({ params }) => params);
