import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  DriverAdapterError,
} from "@prisma/driver-adapter-utils";
import type { MigrationList, SchemaEngine } from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

/** One folder of `prisma/migrations`. */
export type Migration = { readonly name: string; readonly sql: string };

const charOid = 18;
const textOid = 25;

/** Remembers which columns are of the catalog's type "char", which the adapter refuses to read. */
class CatalogPool extends pg.Pool {
  readonly charColumns = new Set<string>();
  override query = (async (...parameters: Parameters<pg.Pool["query"]>) => {
    const run = super.query.bind(this) as unknown as (
      ...all: typeof parameters
    ) => Promise<pg.QueryResult | pg.QueryResult[]>;
    const result = await run(...parameters);
    for (const field of (Array.isArray(result) ? result : [result]).flatMap(
      ({ fields }) => fields,
    )) {
      if (field.dataTypeID !== charOid) continue;
      field.dataTypeID = textOid;
      this.charColumns.add(field.name);
    }
    return result;
  }) as unknown as pg.Pool["query"];
}

/**
 * Prisma's adapter with two gaps closed: it splits scripts at every semicolon, also inside function
 * bodies, and it does not know the catalog's type "char", which the engine wants as a character.
 */
class MigrationAdapter extends PrismaPg {
  readonly #pool: CatalogPool;
  constructor(url: string) {
    const pool = new CatalogPool({ connectionString: url });
    super(pool, { disposeExternalPool: true });
    this.#pool = pool;
  }
  /** The engine leaves its connections open; they would idle for ten seconds. */
  async close(): Promise<void> {
    if (!this.#pool.ended) await this.#pool.end();
  }
  override async connect(): ReturnType<PrismaPg["connect"]> {
    const adapter = await super.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const { columnTypes, ...result } = await queryRaw(query);
      const isChar = (index: number) => this.#pool.charColumns.has(result.columnNames[index] ?? "");
      return {
        ...result,
        columnTypes: columnTypes.map((type, index) =>
          isChar(index) ? ColumnTypeEnum.Character : type,
        ),
      };
    };
    adapter.executeScript = async (script) => {
      try {
        await this.#pool.query(script);
      } catch (error) {
        const { message, code = "XX000" } = error as pg.DatabaseError;
        throw new DriverAdapterError({
          kind: "postgres",
          code,
          message,
          severity: "ERROR",
          detail: undefined,
          column: undefined,
          hint: undefined,
        });
      }
    };
    return adapter;
  }
}

const noFilters = { externalTables: [], externalEnums: [] };

type Glue = { readonly SchemaEngine: typeof SchemaEngine };

/** The engine reports a panic here before it throws. */
const panics = { message: "", set_message: (text: string) => void (panics.message = text) };
Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panics });

/** The engine never clears its ten second lock timeout, which would keep a finished process alive. */
function withoutLingeringTimers(glue: WebAssembly.ModuleImports): WebAssembly.ModuleImports {
  const unreferenced = (callback: () => void, milliseconds: number) =>
    setTimeout(callback, milliseconds >>> 0).unref();
  return Object.fromEntries(
    Object.entries(glue).map(([name, value]) => [
      name,
      name.startsWith("__wbg_setTimeout_") ? unreferenced : value,
    ]),
  );
}

let loaded: Promise<Glue> | undefined;

/** The engine's glue code keeps its WebAssembly instance in a module variable, so there is one a process. */
async function loadEngine(): Promise<Glue> {
  const glue = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const file = createRequire(import.meta.url).resolve(
    "@prisma/schema-engine-wasm/schema_engine_bg",
  );
  const { instance } = await WebAssembly.instantiate(
    await readFile(file.replace(/\.js$/, ".wasm")),
    {
      "./schema_engine_bg.js": withoutLingeringTimers(glue as unknown as WebAssembly.ModuleImports),
    },
  );
  const { __wbg_set_wasm: bind } = glue as unknown as {
    __wbg_set_wasm: (this: void, exports: object) => void;
  };
  bind(instance.exports);
  const start = instance.exports["__wbindgen_start"];
  if (typeof start === "function") start();
  return glue;
}

/**
 * Prisma's own schema engine as WebAssembly: the native one is a download that a closed network
 * does not have. It fills `_prisma_migrations` as the Prisma CLI does.
 */
async function withEngine<T>(
  input: { readonly url: string; readonly datamodel: string },
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loaded ??= loadEngine();
  const glue = await loaded;
  const factory = new MigrationAdapter(input.url);
  try {
    const engine = await glue.SchemaEngine.new(
      { datamodels: [["schema.prisma", input.datamodel]] },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(factory),
    );
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    await factory.close();
  }
}

/** Reads `prisma/migrations`, in the order in which they apply. */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    names.map(async (name) => ({
      name,
      sql: await readFile(path.join(folder, name, "migration.sql"), "utf8"),
    })),
  );
}

function asList(migrations: readonly Migration[]): MigrationList {
  return {
    baseDir: "prisma/migrations",
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
    shadowDbInitScript: "",
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: "migration.sql", content: { tag: "ok", value: sql } },
    })),
  };
}

/** Applies what is missing and returns the names of the migrations that it applied. */
export async function applyMigrations(input: {
  readonly url: string;
  readonly datamodel: string;
  readonly migrations: readonly Migration[];
}): Promise<readonly string[]> {
  return withEngine(input, async (engine) => {
    const result = await engine.applyMigrations({
      migrationsList: asList(input.migrations),
      filters: noFilters,
    });
    return result.appliedMigrationNames;
  });
}

/** SQL that would turn the database behind `url` into what the datamodel says; empty when equal. */
export async function diffFromDatabase(input: {
  readonly url: string;
  readonly datamodel: string;
}): Promise<string> {
  const files = [{ path: "schema.prisma", content: input.datamodel }];
  return withEngine(input, async (engine) => {
    const result = await engine.diff({
      // The datasource is the connection that the engine was opened with.
      from: { tag: "schemaDatasource", files, configDir: "." },
      to: { tag: "schemaDatamodel", files },
      script: true,
      exitCode: null,
      filters: noFilters,
    });
    const script = result.stdout ?? "";
    return /^\s*(-- This is an empty migration\.\s*)?$/.test(script) ? "" : script;
  });
}
