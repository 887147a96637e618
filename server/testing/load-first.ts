// Before anything issues a certificate: in a process that has, Node 24 leaves a tls half made that is loaded later
// (createSecureContext is missing), and files of tests share their process.
import "node:tls";
