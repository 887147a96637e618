import {
  judgeCertificate,
  type Judgement,
  type PresentedCertificate,
} from "#server/gateway/identify/judge-certificate.ts";
import {
  judgeCredentials,
  type PresentedToken,
} from "#server/gateway/identify/judge-credentials.ts";
import type { CertificateRecord, Registry } from "#server/gateway/identify/registry.ts";

/** What a peer shows to say who it is. Kept with the session, so that it can be judged again. */
export type Credential =
  | ({ readonly kind: "certificate" } & PresentedCertificate)
  | ({ readonly kind: "token" } & PresentedToken)
  | { readonly kind: "no-certificate" }
  | { readonly kind: "no-token" };

/** The judgement, with the certificate's record where that decided. */
export type Identification = Judgement & { readonly certificate?: CertificateRecord };

/** The id that the peer claims, for the refused: it proves nothing. */
export function claimedIdOf(credential: Credential): string {
  switch (credential.kind) {
    case "certificate":
      return credential.commonName;
    case "token":
      return credential.userName;
    case "no-certificate":
    case "no-token":
      return "";
  }
}

/**
 * Who the peer is, from its credential and never from what its messages say.
 * @throws Error when the registry cannot be asked
 */
export async function identify(
  registry: Pick<Registry, "certificate" | "credentials">,
  credential: Credential,
  now: Date,
): Promise<Identification> {
  switch (credential.kind) {
    case "certificate": {
      const record = await registry.certificate(credential.sha256);
      const judgement = judgeCertificate(record, credential, now);
      return record === undefined ? judgement : { ...judgement, certificate: record };
    }
    case "token":
      return judgeCredentials(await registry.credentials(credential.userName), credential);
    case "no-certificate":
      return {
        refusal: {
          cause: "no-certificate",
          detail: "The client presented no certificate.",
          remedy:
            "Configure the device's certificate and private key in the client (mosquitto_pub: --cert and --key).",
        },
      };
    case "no-token":
      return {
        refusal: {
          cause: "bad-credentials",
          detail: "The client presented no user name and token.",
          remedy:
            "Use the device's id as user name and its token as password, or the TLS port with its certificate.",
        },
      };
  }
}
