import type { Signer } from "#server/pki/signer-client.ts";
import { SignerUnavailable } from "#server/pki/signer-client.ts";

/** A signer that is away, for whoever signs nothing. */
export function absentSigner(message = "There is no signer here."): Signer {
  const away = (): Promise<never> => Promise.reject(new SignerUnavailable(message));
  return { sign: away, signCrl: away, manage: away };
}
