const primes = [
  11n,
  13n,
  17n,
  19n,
  37n,
  53n,
  61n,
  71n,
  73n,
  79n,
  97n,
  103n,
  107n,
  109n,
  127n,
  151n,
  157n,
] as const;

/** Whether `value` is a power of 65537 modulo `prime`. */
function isPower(value: bigint, prime: bigint): boolean {
  const generator = 65_537n % prime;
  let power = 1n;
  do {
    if (power === value % prime) return true;
    power = (power * generator) % prime;
  } while (power !== 1n);
  return false;
}

/**
 * Whether the modulus has the fingerprint of CVE-2017-15361 (ROCA): keys made by certain secure
 * elements are powers of 65537 modulo every small prime and can be factored. A random modulus has
 * it with a probability below one in ten million.
 */
export function hasRocaFingerprint(modulus: bigint): boolean {
  return primes.every((prime) => isPower(modulus, prime));
}
