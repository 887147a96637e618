/** Words of the pages about certificates. */
export const certificateText = {
  title: "Certificates",
  tabs: "Views of certificates",
  all: "All",
  campaigns: "Campaigns",
  revocations: "Revocations",
  authorities: "Authorities",
  tls: "TLS",
  inventory: "Cryptography",
};
