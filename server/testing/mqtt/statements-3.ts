import { readStatements, type Statement } from "#server/testing/mqtt/statement.ts";

/**
 * Every numbered statement of MQTT 3.1.1 (OASIS Standard, 29 October 2014): number, whom it binds,
 * and what it asks, in our words. The standard's text is at docs.oasis-open.org/mqtt.
 */
export const statements3: readonly Statement[] = readStatements(
  3,
  `
1.5.3-1 both Text is well-formed UTF-8 without surrogates; otherwise the receiver closes the connection.
1.5.3-2 both Text holds no null character; otherwise the receiver closes the connection.
1.5.3-3 both A byte order mark inside text is an ordinary character; nobody removes it.
2.2.2-1 both Reserved flag bits have their prescribed values.
2.2.2-2 both Whoever receives other flags closes the connection.
2.3.1-1 both SUBSCRIBE, UNSUBSCRIBE and PUBLISH above QoS 0 have a packet identifier that is not 0.
2.3.1-2 client Each new one of them gets a packet identifier that is free.
2.3.1-3 client What is sent again keeps its packet identifier.
2.3.1-4 server Both also hold for what the server publishes above QoS 0.
2.3.1-5 both PUBLISH with QoS 0 has no packet identifier.
2.3.1-6 both PUBACK, PUBREC and PUBREL repeat the packet identifier of their PUBLISH.
2.3.1-7 server SUBACK and UNSUBACK repeat the packet identifier of their request.
3.1.0-1 client CONNECT comes first on a connection.
3.1.0-2 server A second CONNECT ends the connection.
3.1.2-1 server A CONNECT of another protocol is not processed as MQTT 3.1.1.
3.1.2-2 server A protocol level that is not served is told 0x01, and the connection is closed.
3.1.2-3 server The reserved connect flag is checked to be 0; otherwise the connection is closed.
3.1.2-4 both CleanSession 0 goes on with the session, or begins one, and keeps it after the connection.
3.1.2-5 server Messages above QoS 0 for a kept session's subscriptions are stored while it is away.
3.1.2-6 both CleanSession 1 forgets what was there, and lasts as long as the connection.
3.1.2-7 server Retained messages stay when a session ends.
3.1.2-8 server A will is kept with the connection and published when it closes, unless DISCONNECT removed it.
3.1.2-9 client With the will flag, will topic and message are there and QoS and retain count.
3.1.2-10 server A will that was published, or withdrawn by DISCONNECT, is gone.
3.1.2-11 client Without the will flag there is no will QoS, retain, topic or message.
3.1.2-12 server Without the will flag no will is published.
3.1.2-13 client Without the will flag the will QoS is 0.
3.1.2-14 client Will QoS is 0, 1 or 2, never 3.
3.1.2-15 client Without the will flag will retain is 0.
3.1.2-16 server A will without retain is published as an ordinary message.
3.1.2-17 server A will with retain is published as a retained message.
3.1.2-18 client No user name without its flag.
3.1.2-19 client A user name with its flag.
3.1.2-20 client No password without its flag.
3.1.2-21 client A password with its flag.
3.1.2-22 client No password without a user name.
3.1.2-23 client A client with a keep-alive pings when it has nothing else to send.
3.1.2-24 server A client silent for one and a half times its keep-alive is cut off as if the network had failed.
3.1.3-1 client Payload of CONNECT: client id, will topic, will message, user name, password, in that order.
3.1.3-2 both The client id names the session on both sides.
3.1.3-3 client The client id is there and comes first.
3.1.3-4 client The client id is text.
3.1.3-5 server Client ids of 1 to 23 letters and digits are allowed.
3.1.3-6 server An empty client id, where taken at all, is replaced by a unique one.
3.1.3-7 client An empty client id comes with CleanSession 1.
3.1.3-8 server An empty client id with CleanSession 0 is told 0x02, and the connection is closed.
3.1.3-9 server A client id that is not accepted is told 0x02, and the connection is closed.
3.1.3-10 client The will topic is text.
3.1.3-11 client The user name is text.
3.1.4-1 server A CONNECT that does not have its format ends the connection without CONNACK.
3.1.4-2 server A second connection of a session disconnects the first.
3.1.4-3 server CleanSession is carried out.
3.1.4-4 server An accepted CONNECT is answered by CONNACK 0x00.
3.1.4-5 server Nothing is processed after a CONNECT that was refused.
3.2.0-1 server CONNACK is the first packet to the client.
3.2.2-1 server CleanSession 1 is answered by session present 0.
3.2.2-2 server CleanSession 0 is answered by session present 1 when there is a session.
3.2.2-3 server Without a session, session present is 0.
3.2.2-4 server A refusing CONNACK says session present 0.
3.2.2-5 server After a refusing CONNACK the server closes.
3.2.2-6 server Where no return code fits, the connection is closed without CONNACK.
3.3.1-1 both A PUBLISH sent again says DUP.
3.3.1-2 both QoS 0 never says DUP.
3.3.1-3 both DUP says only whether this PUBLISH is a repetition, whatever the publisher's said.
3.3.1-4 both No PUBLISH has both QoS bits; whoever receives one closes the connection.
3.3.1-5 server A retained PUBLISH is stored with its QoS for later subscribers.
3.3.1-6 server A new subscription is sent what is retained on the topics it selects.
3.3.1-7 server A retained PUBLISH with QoS 0 discards what was retained on its topic.
3.3.1-8 server What is sent because of a new subscription says retain 1.
3.3.1-9 server What is sent to an established subscription says retain 0.
3.3.1-10 server An empty retained PUBLISH is passed on and removes what was retained.
3.3.1-11 server An empty payload is never retained.
3.3.1-12 server Without retain, nothing is stored, replaced or removed.
3.3.2-1 both The topic name comes first in PUBLISH and is text.
3.3.2-2 both A topic name holds no wildcard.
3.3.2-3 server A client is sent only topics that its filters select.
3.3.4-1 both PUBLISH is answered as its QoS asks.
3.3.5-1 server Overlapping subscriptions: the message comes with the highest QoS of them.
3.3.5-2 server A PUBLISH that is not authorised is acknowledged all the same, or ends the connection.
3.6.1-1 both PUBREL has flags 0010; anything else ends the connection.
3.8.1-1 both SUBSCRIBE has flags 0010; anything else ends the connection.
3.8.3-1 client Topic filters are text.
3.8.3-2 server A server without wildcards refuses filters that have them.
3.8.3-3 client SUBSCRIBE has at least one filter.
3.8.3-4 server Reserved bits of the requested QoS, or QoS 3, end the connection.
3.8.4-1 server SUBSCRIBE is answered by SUBACK.
3.8.4-2 server SUBACK repeats the packet identifier.
3.8.4-3 server The same filter again replaces the subscription, sends retained messages again and interrupts nothing.
3.8.4-4 server Several filters in one SUBSCRIBE are as several SUBSCRIBEs, answered together.
3.8.4-5 server SUBACK has a code for each filter: the QoS granted, or failure.
3.8.4-6 server Messages come with the lower of the published and the granted QoS.
3.9.3-1 server Codes in SUBACK are in the order of the filters.
3.9.3-2 server SUBACK bears only 0x00, 0x01, 0x02 and 0x80.
3.10.1-1 both UNSUBSCRIBE has flags 0010; anything else ends the connection.
3.10.3-1 client Topic filters in UNSUBSCRIBE are text.
3.10.3-2 client UNSUBSCRIBE has at least one filter.
3.10.4-1 server Filters of UNSUBSCRIBE are compared byte by byte; a match ends the subscription.
3.10.4-2 server After UNSUBSCRIBE no new message is added for the client.
3.10.4-3 server Deliveries of QoS 1 and 2 that had begun are completed after UNSUBSCRIBE.
3.10.4-4 server UNSUBSCRIBE is answered by UNSUBACK with the same packet identifier.
3.10.4-5 server UNSUBACK comes also when nothing was removed.
3.10.4-6 server Several filters in one UNSUBSCRIBE are as several, answered together.
3.12.4-1 server PINGREQ is answered by PINGRESP.
3.14.1-1 server Reserved bits of DISCONNECT are checked; otherwise the connection is closed.
3.14.4-1 client After DISCONNECT the client closes the connection.
3.14.4-2 client After DISCONNECT the client sends nothing more.
3.14.4-3 server DISCONNECT discards the will.
4.1.0-1 both Session state is stored as long as the session lasts.
4.1.0-2 both A session lasts at least as long as its connection.
4.3.1-1 both QoS 0 is sent with DUP 0.
4.3.2-1 both QoS 1, sender: a free packet identifier, DUP 0 at first, unacknowledged until PUBACK.
4.3.2-2 both QoS 1, receiver: PUBACK once the message is its own; the same packet identifier afterwards is a new message.
4.3.3-1 both QoS 2, sender: a free packet identifier, DUP 0 at first, PUBREL after PUBREC and until PUBCOMP, never PUBLISH again after PUBREL.
4.3.3-2 both QoS 2, receiver: PUBREC once the message is its own, no second delivery before PUBREL, PUBCOMP after it, then the packet identifier is new.
4.4.0-1 both On return with CleanSession 0, unacknowledged PUBLISH and PUBREL are sent again with their packet identifiers.
4.5.0-1 server A message that the server took is added to the session of each client whose filters select it.
4.5.0-2 client The client acknowledges what it gets, whether or not it uses it.
4.6.0-1 both What is sent again is sent in the order of the first time.
4.6.0-2 client PUBACKs are in the order of the PUBLISHes.
4.6.0-3 client PUBRECs are in the order of the PUBLISHes.
4.6.0-4 client PUBRELs are in the order of the PUBRECs.
4.6.0-5 server Every topic keeps its order unless an administrator says otherwise.
4.6.0-6 server Messages of one client, topic and QoS reach each subscriber in the order they came, and the server keeps the three orders above.
4.7.1-1 both Wildcards are for filters, not for topic names.
4.7.1-2 both # is alone or behind a /, and last.
4.7.1-3 both + fills its level.
4.7.2-1 server A filter that begins with a wildcard selects no topic that begins with $.
4.7.3-1 both Topics and filters have at least one character.
4.7.3-2 both Topics and filters hold no null character.
4.7.3-3 both Topics and filters are text of at most 65 535 bytes.
4.7.3-4 server Topics and filters are compared as they are: nothing is normalised or replaced.
4.8.0-1 both A protocol violation ends the connection.
4.8.0-2 both A transient error while a packet is processed ends the connection.
6.0.0-1 both WebSocket: packets are in binary frames; any other data frame ends the connection.
6.0.0-2 both WebSocket: frames and packets need not begin and end together.
6.0.0-3 client WebSocket: the client offers the subprotocol mqtt.
6.0.0-4 server WebSocket: the server selects the subprotocol mqtt.
7.0.0-1 server A server that also connects to other servers conforms as a client too.
7.0.0-2 both No extension outside of the standard is needed to work together.
7.1.1-1 server There is a transport that carries bytes in order and without loss.
7.1.2-1 client The client supports a transport that carries bytes in order and without loss.
`,
);
