import { issueForRequest, issueKeyAndCertificate } from "#app/(console)/devices/actions.ts";
import { makeBrowserRequest } from "#components/device/certificate-request.ts";
import type { FreshCredential } from "#components/device/credential.ts";
import { credentialText } from "#components/strings/credentials.ts";
import type { ActionResult } from "#server/web/action.ts";

/** How a device gets its certificate: a key made in the browser, one made on the server, or its own. */
export type CertificateWay = "browser" | "key" | "request";

type Wish = {
  readonly way: CertificateWay;
  readonly deviceId: string;
  /** Of use with the way "request". */
  readonly csrPem: string;
};

/** Issues a certificate in the way that was chosen. */
export function issueCredential(wish: Wish): Promise<ActionResult<FreshCredential>> {
  switch (wish.way) {
    case "browser":
      return withBrowserKey(wish.deviceId);
    case "key":
      return withServerKey(wish.deviceId);
    case "request":
      return forRequest(wish);
  }
}

async function withBrowserKey(deviceId: string): Promise<ActionResult<FreshCredential>> {
  // Browsers offer Web Crypto to pages that came over HTTPS or from the machine itself.
  if (!globalThis.isSecureContext) {
    return {
      ok: false,
      error: {
        code: "unavailable",
        message: credentialText.noWebCrypto,
        remedy: credentialText.noWebCryptoRemedy,
        fields: [],
      },
    };
  }
  const { csrPem, privateKeyPem } = await makeBrowserRequest(deviceId, crypto.subtle);
  const result = await issueForRequest({ deviceId, csrPem });
  if (!result.ok) return result;
  return { ok: true, value: { certificate: result.value, key: { privateKeyPem, pkcs12: null } } };
}

async function withServerKey(deviceId: string): Promise<ActionResult<FreshCredential>> {
  const result = await issueKeyAndCertificate({ deviceId });
  if (!result.ok) return result;
  const { privateKeyPem, pkcs12Base64, pkcs12Password, ...certificate } = result.value;
  const pkcs12 = { base64: pkcs12Base64, password: pkcs12Password };
  return { ok: true, value: { certificate, key: { privateKeyPem, pkcs12 } } };
}

async function forRequest({ deviceId, csrPem }: Wish): Promise<ActionResult<FreshCredential>> {
  const result = await issueForRequest({ deviceId, csrPem });
  return result.ok ? { ok: true, value: { certificate: result.value, key: null } } : result;
}
