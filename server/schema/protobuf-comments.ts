import type { DescEnum, DescField, DescFile, DescMessage } from "@bufbuild/protobuf";

/** What the source says of a type, field or enum in its comments; undefined when it says nothing. */
export type CommentOf = (desc: DescMessage | DescField | DescEnum) => string | undefined;

/** Field numbers of descriptor.proto. */
const place = { messageInFile: 4, enumInFile: 5, field: 2, message: 3, enum: 4 };
const longestComment = 500;

/** Reads the comments of a file where its descriptor has them; those of other files are not. */
export function protobufComments(file: DescFile): CommentOf {
  const byPath = new Map<string, string>();
  for (const location of file.proto.sourceCodeInfo?.location ?? []) {
    const text = (location.leadingComments ?? location.trailingComments ?? "")
      .replaceAll(/\s+/g, " ")
      .trim();
    if (text !== "") byPath.set(location.path.join(), text.slice(0, longestComment).toWellFormed());
  }
  return (desc) => {
    const path = pathOf(desc, file);
    return path === undefined ? undefined : byPath.get(path.join());
  };
}

function pathOf(
  desc: DescMessage | DescField | DescEnum,
  file: DescFile,
): readonly number[] | undefined {
  if (desc.kind === "field") {
    const { parent } = desc;
    const path = pathOf(parent, file);
    return path && [...path, place.field, parent.proto.field.indexOf(desc.proto)];
  }
  if (desc.file !== file) return undefined;
  const { parent } = desc;
  if (parent === undefined) {
    return desc.kind === "message"
      ? [place.messageInFile, file.proto.messageType.indexOf(desc.proto)]
      : [place.enumInFile, file.proto.enumType.indexOf(desc.proto)];
  }
  const path = pathOf(parent, file);
  if (path === undefined) return undefined;
  return desc.kind === "message"
    ? [...path, place.message, parent.proto.nestedType.indexOf(desc.proto)]
    : [...path, place.enum, parent.proto.enumType.indexOf(desc.proto)];
}
