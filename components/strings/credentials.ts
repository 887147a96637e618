/** Words of making, downloading and using a device's credentials: the wizard and the device page. */
export const credentialText = {
  how: "How does the device get its certificate?",
  browserKey: "Certificate, with a key made in this browser",
  browserKeyHint:
    "The private key never leaves this browser; you download it once, with the certificate. The simplest way to a first message.",
  makeKey: "Certificate, with a key made on the server",
  makeKeyHint:
    "Key and certificate are made on the server, which forgets the key once you have downloaded it. Also as PKCS #12.",
  pasteRequest: "Certificate, for a signing request (CSR)",
  pasteRequestHint:
    "The device makes its own key and keeps it; only its request comes here. The better way for production.",
  noWebCrypto: "This browser makes no keys on this page, because it did not come over HTTPS.",
  noWebCryptoRemedy: "Open the console over HTTPS, or choose another way.",
  request: "Certificate signing request",
  requestHint: (deviceId: string) =>
    `PEM, with the common name ${deviceId} or none. For instance: openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -subj "/CN=${deviceId}"`,
  requestFile: "Or choose a file, PEM or DER:",
  fileEmpty: "The file is empty.",
  fileTooLong: "The file is longer than 16 KB: it is no signing request.",
  fileIsKey:
    "The file holds a private key, which belongs on the device only. It was not sent. Choose the signing request.",
  fileIsCertificate: "The file holds a certificate. Choose the signing request (CSR) instead.",
  fileIsNone:
    "The file is neither a signing request as PEM, beginning with -----BEGIN CERTIFICATE REQUEST-----, nor one as DER.",
  makeNow: "Make key and certificate",
  issueNow: "Issue the certificate",

  onlyTime:
    "The private key exists in this page only. This is the one time that it can be downloaded.",
  filesTitle: "Files of the device",
  fileCa: "CA certificate",
  fileCaWhy: "by which the device knows this server",
  fileCertificate: "Certificate",
  fileCertificateWhy: "which tells who the device is",
  fileKey: "Private key",
  fileKeyWhy: "keep it on the device and nowhere else",
  filePkcs12: "All three as PKCS #12",
  filePkcs12Why: "for clients that want one file",
  download: "Download",
  downloadNamed: (file: string) => `Download ${file}`,
  downloadAll: "Download the three PEM files",
  downloadRequest: "Download both files",
  password: "Password of the PKCS #12 file",
  passwordWhy: "Shown now and never again.",
  keyNotDownloaded: "The private key is not downloaded yet.",
  keyDownloaded: "The private key was downloaded.",
  leaveTitle: "Leave without the private key?",
  leaveText:
    "It is not kept anywhere: when you leave, it is gone, and the device needs another certificate.",
  stay: "Stay",
  leave: "Leave without it",
  validUntil: "Valid until",
  done: "Done",
  cancel: "Cancel",

  guide: "What the listener speaks",
  commands: "Commands",
  language: "Client",
  plainTitle: "Without TLS, on this machine only",
  plainText: (port: number) =>
    `For a quick try on the server itself: the plain listener on port ${port} takes a user name and a password and listens on loopback.`,
  plainMake: "Make a password",
  plainOnce: "The password is part of the command; it is shown now and never again.",
} as const;
