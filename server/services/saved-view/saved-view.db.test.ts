import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { Role } from "#server/domain/roles.ts";
import type { Context } from "#server/services/context.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { changeSavedView } from "#server/services/saved-view/change.ts";
import { createSavedView } from "#server/services/saved-view/create.ts";
import { listSavedViews } from "#server/services/saved-view/list.ts";
import { removeSavedView } from "#server/services/saved-view/remove.ts";
import { setDefaultView } from "#server/services/saved-view/set-default.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let acme: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
});
afterAll(() => database.drop());

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const state = { address: "presence=late&cols=name,tags", filter: { presence: ["late" as const] } };

function person(role: Role, tenant: TestTenant = acme): Context {
  const id = randomUUID();
  return tenant.ctx(role, {
    actor: { type: "user", id, email: `${id}@example.com`, sessionId: randomUUID() },
  });
}

describe("a saved view", () => {
  it("is its owner's alone, until it is shared", async () => {
    const operator = person("operator");
    const colleague = person("viewer");
    const view = await createSavedView(operator, { name: "Late ones", state });
    expect((await listSavedViews(operator, {})).views).toMatchObject([
      { name: "Late ones", isOwn: true, state: { address: state.address } },
    ]);
    expect((await listSavedViews(colleague, {})).views).toEqual([]);

    await changeSavedView(operator, { viewId: view.id, revision: 1, shared: true });

    expect((await listSavedViews(colleague, {})).views).toMatchObject([
      { name: "Late ones", isOwn: false, shared: true },
    ]);
    expect((await listSavedViews(person("admin", other), {})).views).toEqual([]);
    const event = await withTenant(operator, (tx) =>
      tx.auditEvent.findFirst({
        orderBy: { seq: "desc" },
        select: { actionCode: true, target: true },
      }),
    );
    expect(event).toEqual({ actionCode: "savedView.change", target: "savedView:Late ones" });
    await removeSavedView(person("admin"), { viewId: view.id });
    expect((await listSavedViews(operator, {})).views).toEqual([]);
  });

  it("is shared by those who may, and belongs to people", async () => {
    const viewer = person("viewer");
    await expect(createSavedView(viewer, { name: "a", state, shared: true })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(createSavedView(acme.ctx("admin"), { name: "a", state })).rejects.toThrow(
      refused("forbidden"),
    );
    const { id } = await createSavedView(viewer, { name: "a", state });
    await expect(
      changeSavedView(viewer, { viewId: id, revision: 1, shared: true }),
    ).rejects.toThrow(refused("forbidden"));
  });

  it("of somebody else is not there, or theirs to change", async () => {
    const owner = person("operator");
    const { id } = await createSavedView(owner, { name: "mine", state });
    for (const ctx of [person("admin"), person("admin", other)]) {
      await expect(removeSavedView(ctx, { viewId: id })).rejects.toThrow(refused("not_found"));
      await expect(changeSavedView(ctx, { viewId: id, revision: 1, name: "x" })).rejects.toThrow(
        refused("not_found"),
      );
    }
    await changeSavedView(owner, { viewId: id, revision: 1, shared: true });
    await expect(
      changeSavedView(person("operator"), { viewId: id, revision: 2, name: "x" }),
    ).rejects.toThrow(refused("forbidden"));
    await removeSavedView(owner, { viewId: id });
  });

  it("meets a conflict where it was changed meanwhile or the name is taken", async () => {
    const owner = person("operator");
    const { id } = await createSavedView(owner, { name: "one", state });
    await changeSavedView(owner, { viewId: id, revision: 1, name: "two" });

    await expect(changeSavedView(owner, { viewId: id, revision: 1, state })).rejects.toThrow(
      refused("conflict"),
    );
    await expect(createSavedView(owner, { name: "two", state })).rejects.toThrow(
      refused("conflict"),
    );
    await expect(
      createSavedView(owner, { name: "bad", state: { address: "", filter: { query: "tag:" } } }),
    ).rejects.toThrow(refused("invalid"));
  });

  it("belongs to one page: the same name may be of another", async () => {
    const owner = person("operator");
    const explored = { address: "d=pump-1&m=heat&r=1h", filter: {} };
    await createSavedView(owner, { name: "Pumps", state });
    const { id } = await createSavedView(owner, {
      page: "explore",
      name: "Pumps",
      state: explored,
    });
    await createSavedView(owner, { page: "explore", name: "Valves", state: explored });

    const own = async (page: "devices" | "explore") =>
      (await listSavedViews(owner, { page })).views.map(({ name, state: { address } }) => [
        name,
        address,
      ]);
    expect(await own("devices")).toEqual([["Pumps", state.address]]);
    expect(await own("explore")).toEqual([
      ["Pumps", explored.address],
      ["Valves", explored.address],
    ]);
    // Renamed, it meets those of its own page only.
    await expect(
      changeSavedView(owner, { viewId: id, revision: 1, name: "Valves" }),
    ).rejects.toThrow(refused("conflict"));
    await expect(setDefaultView(owner, { page: "devices", viewId: id })).rejects.toThrow(
      refused("not_found"),
    );
    await removeSavedView(owner, { viewId: id });
    expect(await own("explore")).toEqual([["Valves", explored.address]]);
    await expect(
      createSavedView(owner, { page: "dashboards" as "explore", name: "x", state: explored }),
    ).rejects.toThrow(refused("invalid"));
  });

  it("can be what the table opens with, as long as it is there", async () => {
    const owner = person("viewer");
    const { id } = await createSavedView(owner, { name: "one", state });
    await setDefaultView(owner, { viewId: id });
    expect(await listSavedViews(owner, {})).toMatchObject({ defaultId: id });
    await expect(setDefaultView(person("viewer"), { viewId: id })).rejects.toThrow(
      refused("not_found"),
    );

    await removeSavedView(owner, { viewId: id });

    expect(await listSavedViews(owner, {})).toMatchObject({ defaultId: null });
  });
});
