/**
 * What a request should look like, RFC 7030 §4.5.2, as DER: a key on P-256 (id-ecPublicKey with
 * prime256v1) and a signature by ecdsa-with-SHA256. Requests with other keys of the policy are taken.
 */
const wanted = Buffer.from(
  // SEQUENCE { SEQUENCE { 1.2.840.10045.2.1, SET { 1.2.840.10045.3.1.7 } }, 1.2.840.10045.4.3.2 }
  "3021301506072a8648ce3d0201310a06082a8648ce3d03010706082a8648ce3d040302",
  "hex",
);

/** In base64. */
export const csrAttributes = `${wanted.toString("base64")}\n`;
