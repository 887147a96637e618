import { copyFileSync } from "node:fs";
import path from "node:path";
import { expect, test as base } from "#e2e/fixtures.ts";
import { openBench, type Bench } from "#e2e/programs.ts";

/** Calls the REST API and expects success. */
export type Call = <T>(method: string, resource: string, body?: unknown) => Promise<T>;

export type Group = { readonly id: string; readonly publicId: string };

type Fixtures = {
  /** Programs of others, in a folder with the installation's root certificate as ca.pem. */
  readonly bench: Bench;
  readonly call: Call;
  /** Makes an enrolment group by REST. */
  readonly createGroup: (kind: string, name: string, rules?: object) => Promise<Group>;
  /** Makes an enrolment secret by REST. */
  readonly createSecret: (group: Group, maxUses?: number) => Promise<string>;
};

export const test = base.extend<Fixtures>({
  bench: async ({ product }, use) => {
    const bench = openBench();
    copyFileSync(path.join(product.dataDir, "pki/root.pem"), path.join(bench.folder, "ca.pem"));
    await use(bench);
    bench.remove();
  },

  call: async ({ api }, use) => {
    const request = await api();
    await use(async <T>(method: string, resource: string, body?: unknown) => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      const response = await request(resource, init);
      const text = await response.text();
      expect(`${response.status} ${text}`).toMatch(/^20/);
      return (text === "" ? undefined : JSON.parse(text)) as T;
    });
  },

  createGroup: async ({ call }, use) =>
    use(async (kind, name, rules = {}) => {
      const profiles = await call<{ id: string }[]>("GET", "/profiles");
      const profileId = profiles[0]?.id;
      return call<Group>("POST", "/enrolment-groups", {
        name,
        kind,
        rules: { profileId, ...rules },
      });
    }),

  createSecret: async ({ call }, use) =>
    use(async ({ id }, maxUses = 1) => {
      const made = { name: "Pump", hours: 1, maxUses };
      const { secret } = await call<{ secret: string }>(
        "POST",
        `/enrolment-groups/${id}/secrets`,
        made,
      );
      return secret;
    }),
});

export { expect };
