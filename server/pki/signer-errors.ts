/** The signer refused the request; the message says which rule and what to do. */
export class SignerRefusal extends Error {}

/** The signer process does not answer. */
export class SignerUnavailable extends Error {}
