import { authRoute } from "#server/web/auth-route.ts";

export { authRoute as GET, authRoute as POST };
