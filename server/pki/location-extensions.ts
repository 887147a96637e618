import { encodeExtension, encodeId, encodeUri } from "#server/pki/build-certificate.ts";
import { derTag, encodeDer } from "#server/pki/der.ts";
import type { PkiUrls } from "#server/pki/pki-urls.ts";

const constructed0 = 0xa0;
/** id-ad-caIssuers and id-ad-ocsp, RFC 5280 §4.2.2.1. */
const accessMethods = { caIssuers: "2b06010505073002", ocsp: "2b06010505073001" } as const;

/** One distribution point with one address (RFC 5280 §4.2.1.13). */
function distributionPoints(uri: string): Buffer {
  const fullName = encodeDer(constructed0, encodeUri(uri));
  const point = encodeDer(derTag.sequence, encodeDer(constructed0, fullName));
  return encodeDer(derTag.sequence, point);
}

function access(method: keyof typeof accessMethods, uri: string): Buffer {
  const id = encodeId(accessMethods[method]);
  return encodeDer(derTag.sequence, id, encodeUri(uri));
}

/** Where a reader finds the lists, the issuer's certificate and the OCSP responder. */
export function locationExtensions(urls: PkiUrls): readonly Buffer[] {
  return [
    encodeExtension("crlDistributionPoints", distributionPoints(urls.crl)),
    encodeExtension(
      "authorityInfoAccess",
      encodeDer(derTag.sequence, access("ocsp", urls.ocsp), access("caIssuers", urls.caIssuers)),
    ),
  ];
}
