import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
  type DescriptorProtoSchema,
  type EnumDescriptorProtoSchema,
  type FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  type SourceCodeInfo_LocationSchema,
} from "@bufbuild/protobuf/wkt";
import protobuf from "protobufjs";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";

type Messages = MessageInitShape<typeof DescriptorProtoSchema>[];
type Enums = MessageInitShape<typeof EnumDescriptorProtoSchema>[];
type Field = Extract<MessageInitShape<typeof FieldDescriptorProtoSchema>, { $typeName?: never }>;
type Location = MessageInitShape<typeof SourceCodeInfo_LocationSchema>;

/** What may be imported; the rest of the world is not reachable from here. */
const importable: readonly string[] = [
  "google/protobuf/timestamp.proto",
  "google/protobuf/wrappers.proto",
  "google/protobuf/struct.proto",
];

const scalarTypes: ReadonlyMap<string, FieldDescriptorProto_Type> = new Map([
  ["double", FieldDescriptorProto_Type.DOUBLE],
  ["float", FieldDescriptorProto_Type.FLOAT],
  ["int64", FieldDescriptorProto_Type.INT64],
  ["uint64", FieldDescriptorProto_Type.UINT64],
  ["int32", FieldDescriptorProto_Type.INT32],
  ["fixed64", FieldDescriptorProto_Type.FIXED64],
  ["fixed32", FieldDescriptorProto_Type.FIXED32],
  ["bool", FieldDescriptorProto_Type.BOOL],
  ["string", FieldDescriptorProto_Type.STRING],
  ["bytes", FieldDescriptorProto_Type.BYTES],
  ["uint32", FieldDescriptorProto_Type.UINT32],
  ["sfixed32", FieldDescriptorProto_Type.SFIXED32],
  ["sfixed64", FieldDescriptorProto_Type.SFIXED64],
  ["sint32", FieldDescriptorProto_Type.SINT32],
  ["sint64", FieldDescriptorProto_Type.SINT64],
]);

/** Field numbers of descriptor.proto: they make the paths by which comments are found. */
const place = { messageInFile: 4, enumInFile: 5, field: 2, message: 3, enum: 4, enumValue: 2 };

/**
 * Reads the text of a .proto file (proto2 or proto3), with its comments.
 * @throws SchemaUnusable
 */
export function parseProtobuf(source: string): FileDescriptorProto {
  checkSize(source);
  // The parser would lose such a field without a word.
  if (source.includes("__proto__")) {
    throw new SchemaUnusable("/protobuf/source", "The name __proto__ is not allowed.");
  }
  const root = new protobuf.Root();
  const { imports = [], weakImports = [], package: name = "" } = parse(source, root);
  for (const path of [...imports, ...weakImports]) addImport(root, path);
  if (name === "google.protobuf" || name.startsWith("google.protobuf.")) {
    throw new SchemaUnusable("/protobuf/source", "The package google.protobuf is taken.");
  }
  resolve(root);
  const namespace = name === "" ? root : root.lookup(name);
  const locations: Location[] = [];
  const content: Content = { messages: [], enums: [] };
  if (namespace instanceof protobuf.Namespace) {
    addNested(namespace, content, { path: [], isFile: true, locations });
  }
  return create(FileDescriptorProtoSchema, {
    name: "uploaded.proto",
    package: name,
    dependency: imports,
    syntax: syntaxOf(namespace),
    messageType: content.messages,
    enumType: content.enums,
    sourceCodeInfo: { location: locations },
  });
}

/** The parser's time grows with the square of a message's fields: 2000 take a quarter of a second. */
const mostStatements = 2_000;

function checkSize(source: string): void {
  let count = 0;
  for (let at = source.indexOf(";"); at >= 0; at = source.indexOf(";", at + 1)) count += 1;
  if (count <= mostStatements) return;
  throw new SchemaUnusable(
    "/protobuf/source",
    `The .proto file has more than ${mostStatements} statements. Leave out what the message does not need, or upload a descriptor set.`,
  );
}

function parse(source: string, root: protobuf.Root): protobuf.IParserResult {
  try {
    return protobuf.parse(source, root, {
      keepCase: true,
      alternateCommentMode: true,
      preferTrailingComment: true,
    });
  } catch (error) {
    throw unusable("The .proto file cannot be read", error);
  }
}

function unusable(what: string, error: unknown): SchemaUnusable {
  const why = error instanceof Error ? error.message.slice(0, 200).toWellFormed() : "";
  return Object.assign(new SchemaUnusable("/protobuf/source", `${what}: ${why}.`), {
    cause: error,
  });
}

function addImport(root: protobuf.Root, path: string): void {
  const known = importable.includes(path) ? protobuf.common.get(path)?.nested : undefined;
  if (known === undefined) {
    throw new SchemaUnusable(
      "/protobuf/source",
      `The import ${JSON.stringify(path.slice(0, 100))} cannot be followed; only ${importable.join(", ")} can. Upload a descriptor set: protoc --include_imports --descriptor_set_out=FILE.`,
    );
  }
  root.addJSON(known);
}

function resolve(root: protobuf.Root): void {
  try {
    root.resolveAll();
  } catch (error) {
    throw unusable("The .proto file names a type that is not there", error);
  }
}

/** The parser keeps the syntax with each outermost type, in a member that its types do not have. */
function syntaxOf(content: protobuf.ReflectionObject | null): "proto2" | "proto3" {
  const nested = content instanceof protobuf.Namespace ? content.nestedArray : [];
  const typed = nested.find(
    (object) => object instanceof protobuf.Type || object instanceof protobuf.Enum,
  );
  const syntax: unknown = typed === undefined ? "proto2" : Reflect.get(typed, "_edition");
  if (syntax === "proto2" || syntax === "proto3") return syntax;
  throw new SchemaUnusable(
    "/protobuf/source",
    "Only proto2 and proto3 files are read. Upload a descriptor set for other editions.",
  );
}

type Content = { readonly messages: Messages; readonly enums: Enums };
type At = {
  readonly path: readonly number[];
  readonly isFile: boolean;
  readonly locations: Location[];
};

function addNested(namespace: protobuf.NamespaceBase, to: Content, at: At): void {
  for (const nested of namespace.nestedArray) {
    if (nested instanceof protobuf.Type) {
      const step = at.isFile ? place.messageInFile : place.message;
      const path = [...at.path, step, to.messages.length];
      to.messages.push(messageOf(nested, { ...at, path }));
    } else if (nested instanceof protobuf.Enum) {
      const step = at.isFile ? place.enumInFile : place.enum;
      const path = [...at.path, step, to.enums.length];
      to.enums.push(enumOf(nested, { ...at, path }));
    } else if (nested instanceof protobuf.Field) {
      throw new SchemaUnusable(
        "/protobuf/source",
        `Extensions are not read: ${nested.fullName.slice(1, 100)}. Put the field into its message.`,
      );
    }
  }
}

function messageOf(type: protobuf.Type, at: At): Messages[number] {
  note(at, at.path, type.comment);
  const content: Content = { messages: [], enums: [] };
  addNested(type, content, { ...at, isFile: false });
  // Protobuf wants the oneofs of single optional fields behind all others.
  const oneofs = type.oneofsArray.toSorted(
    (a, b) => Number(isSynthetic(a)) - Number(isSynthetic(b)),
  );
  const fields = type.fieldsArray.map((field, index) => {
    note(at, [...at.path, place.field, index], field.comment);
    const { partOf } = field;
    const oneof = partOf === null ? {} : { oneofIndex: oneofs.indexOf(partOf) };
    return { ...fieldOf(field, content.messages), ...oneof };
  });
  return {
    name: type.name,
    field: fields,
    nestedType: content.messages,
    enumType: content.enums,
    oneofDecl: oneofs.map(({ name }) => ({ name })),
    options: { deprecated: type.getOption("deprecated") === true },
  };
}

function isSynthetic(oneof: protobuf.OneOf): boolean {
  return oneof.fieldsArray.some((field) => field.getOption("proto3_optional") === true);
}

/** Adds the entry of a map to `nested`, for a map is a list of entries. */
function fieldOf(field: protobuf.Field, nested: Messages): Field {
  if (field.delimited) {
    throw new SchemaUnusable(
      "/protobuf/source",
      `Groups are not read: ${field.name.slice(0, 100)}. Make it a message.`,
    );
  }
  const { name, id: number } = field;
  const options = optionsOf(field);
  if (!(field instanceof protobuf.MapField)) {
    const label = field.repeated
      ? FieldDescriptorProto_Label.REPEATED
      : field.required
        ? FieldDescriptorProto_Label.REQUIRED
        : FieldDescriptorProto_Label.OPTIONAL;
    const proto3Optional = field.getOption("proto3_optional") === true;
    return { name, number, label, ...typeOf(field), options, proto3Optional };
  }
  const entry = `${entryName(name)}Entry`;
  const label = FieldDescriptorProto_Label.OPTIONAL;
  const keyType = scalarTypes.get(field.keyType);
  nested.push({
    name: entry,
    field: [
      { name: "key", number: 1, label, ...(keyType === undefined ? {} : { type: keyType }) },
      { name: "value", number: 2, label, ...typeOf(field) },
    ],
    options: { mapEntry: true },
  });
  return {
    name,
    number,
    label: FieldDescriptorProto_Label.REPEATED,
    type: FieldDescriptorProto_Type.MESSAGE,
    typeName: `${field.parent?.fullName ?? ""}.${entry}`,
    options,
  };
}

/** As protoc names entries: max_values becomes MaxValues. */
function entryName(name: string): string {
  return name.replaceAll(/(?:^|_)([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function typeOf(field: protobuf.Field): Field {
  const scalar = scalarTypes.get(field.type);
  if (scalar !== undefined) return { type: scalar };
  const resolved = field.resolve().resolvedType;
  if (resolved === null) {
    throw new SchemaUnusable("/protobuf/source", `The type ${field.type} is not there.`);
  }
  const isEnum = resolved instanceof protobuf.Enum;
  const type = isEnum ? FieldDescriptorProto_Type.ENUM : FieldDescriptorProto_Type.MESSAGE;
  return { type, typeName: resolved.fullName };
}

function optionsOf(field: protobuf.Field): { packed?: boolean; deprecated: boolean } {
  const packed: unknown = field.getOption("packed");
  const deprecated = field.getOption("deprecated") === true;
  return typeof packed === "boolean" ? { packed, deprecated } : { deprecated };
}

function enumOf(type: protobuf.Enum, at: At): Enums[number] {
  note(at, at.path, type.comment);
  const values = Object.entries(type.values);
  for (const [index, [name]] of values.entries()) {
    note(at, [...at.path, place.enumValue, index], type.comments[name] ?? null);
  }
  return { name: type.name, value: values.map(([name, number]) => ({ name, number })) };
}

function note({ locations }: At, path: readonly number[], comment: string | null): void {
  if (comment !== null) locations.push({ path: [...path], leadingComments: comment });
}
