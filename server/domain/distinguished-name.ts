/**
 * What people call the holder of a distinguished name as the registry writes it ("O=Acme, CN=pump-1"):
 * its common name, else the whole name.
 */
export function commonNameOf(name: string): string {
  const parts = name.split(/,\s*(?=[A-Za-z]+=)/);
  return parts.find((part) => part.startsWith("CN="))?.slice(3) ?? name;
}
