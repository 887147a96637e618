"use client";
import { createContext, useContext, type ReactNode } from "react";

/** Where devices reach this installation to enrol. */
export type EnrolmentEndpoint = {
  readonly host: string;
  readonly tlsPort: number;
  readonly httpsPort: number;
};

const Endpoint = createContext<EnrolmentEndpoint>({
  host: "localhost",
  tlsPort: 8883,
  httpsPort: 8443,
});

/** Given once by a page whose parts show commands. */
export function EndpointProvider({
  endpoint,
  children,
}: {
  readonly endpoint: EnrolmentEndpoint;
  readonly children: ReactNode;
}) {
  return <Endpoint value={endpoint}>{children}</Endpoint>;
}

/** Where the commands of this page lead. */
export function useEndpoint(): EnrolmentEndpoint {
  return useContext(Endpoint);
}
