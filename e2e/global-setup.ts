import { startProduct } from "#e2e/product.ts";

/** One product for the whole run. */
export default async function setup(): Promise<() => Promise<void>> {
  return startProduct();
}
