/**
 * The payload of Sparkplug B 3.0 (§6.4), as far as it is read. What is refused anyway (data sets,
 * templates) and what is left out (properties, metadata) is opaque; the bytes are the same.
 */
export const sparkplugProto = `
syntax = "proto2";
package sparkplug;

message Payload {
  optional uint64 timestamp = 1;
  repeated Metric metrics = 2;
  optional uint64 seq = 3;
  optional string uuid = 4;
  optional bytes body = 5;
}

message Metric {
  optional string name = 1;
  optional uint64 alias = 2;
  optional uint64 timestamp = 3;
  optional uint32 datatype = 4;
  optional bool is_historical = 5;
  optional bool is_transient = 6;
  optional bool is_null = 7;
  optional bytes metadata = 8;
  optional bytes properties = 9;
  oneof value {
    uint32 int_value = 10;
    uint64 long_value = 11;
    float float_value = 12;
    double double_value = 13;
    bool boolean_value = 14;
    string string_value = 15;
    bytes bytes_value = 16;
    bytes dataset_value = 17;
    bytes template_value = 18;
    bytes extension_value = 19;
  }
}
`;
