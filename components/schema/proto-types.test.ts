import { expect, it } from "vitest";
import { protoMessageTypes } from "#components/schema/proto-types.ts";

const acme = `syntax = "proto3";
package acme.v1; // message Wrong {
/* message Wrong { */
message Reading {
  message Point { double x = 1; }
  enum Kind { A = 0; }
  Point at = 1;
  oneof value { double number = 2; string text = 3; }
}
service Gate { rpc Send (Reading) returns (Reading) {} }
message Batch { repeated Reading readings = 1; }`;

it.each([
  ["a file with a package", acme, ["acme.v1.Reading", "acme.v1.Reading.Point", "acme.v1.Batch"]],
  ["a file without one", "message A{}\nmessage B { string message = 1; }", ["A", "B"]],
  ["nothing", "", []],
  ["what is no .proto", "}}} message {", []],
])("messages of %s", (_, source, names) => {
  expect(protoMessageTypes(source)).toEqual(names);
});
