import { createServer } from "node:net";
import { Aedes } from "aedes";
import pg from "pg";

/*
 * Negative control: a broker as many write it. Aedes acknowledges on its own terms, and what comes
 * is written to PostgreSQL by a listener of its publish event, which the acknowledgement does not
 * wait for. parameters: database URL, port.
 */

const [url = "", port = "0"] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: 4 });
await pool.query(
  "CREATE TABLE IF NOT EXISTS control_message (device text NOT NULL, number bigint NOT NULL, PRIMARY KEY (device, number))",
);
const broker = await Aedes.createBroker();
broker.on("publish", (packet, client) => {
  if (client === null) return;
  const { values } = JSON.parse(packet.payload.toString()) as { values: { n: number } };
  pool
    .query("INSERT INTO control_message VALUES ($1, $2) ON CONFLICT DO NOTHING", [
      client.id,
      values.n,
    ])
    .catch((error: unknown) => console.error(String(error)));
});
createServer(broker.handle).listen(Number(port), "127.0.0.1", () => console.log("{}"));
