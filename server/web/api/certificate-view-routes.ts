import {
  certificateFacetsRoute,
  certificateRunOutRoute,
  cryptoInventoryRoute,
  exportCertificatesRoute,
  listCertificatesRoute,
  showCertificateRoute,
} from "#server/web/api/certificate-inventory.ts";
import type { AnyApiRoute } from "#server/web/api/describe.ts";
import {
  addTrustAnchorRoute,
  changeTrustAnchorRoute,
  listTrustAnchorsRoute,
  removeTrustAnchorRoute,
} from "#server/web/api/trust-anchors.ts";

/** What shows certificates and their ends, in the order of the document. */
export const certificateViewRoutes: readonly AnyApiRoute[] = [
  listCertificatesRoute,
  certificateFacetsRoute,
  exportCertificatesRoute,
  certificateRunOutRoute,
  cryptoInventoryRoute,
  showCertificateRoute,
  listTrustAnchorsRoute,
  addTrustAnchorRoute,
  changeTrustAnchorRoute,
  removeTrustAnchorRoute,
];
