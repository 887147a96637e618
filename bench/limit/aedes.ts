import { createServer } from "node:net";
import { Aedes } from "aedes";

/* Aedes with its defaults on a plain listener: what a connection costs there. */

const broker = await Aedes.createBroker();
const server = createServer(broker.handle);
server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () => {
  const address = server.address();
  console.log(JSON.stringify({ port: typeof address === "object" ? address?.port : 0 }));
});
