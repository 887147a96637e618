import { readStatements, type Statement } from "#server/testing/mqtt/statement.ts";

/**
 * Every numbered statement of MQTT 5.0 (OASIS Standard, 7 March 2019, Appendix B): number, whom it
 * binds, and what it asks, in our words. The standard's text is at docs.oasis-open.org/mqtt.
 */
export const statements5: readonly Statement[] = readStatements(
  5,
  `
1.5.4-1 both Text is well-formed UTF-8, without surrogate code points.
1.5.4-2 both Text holds no null character.
1.5.4-3 both A byte order mark inside text is an ordinary character; nobody removes it.
1.5.5-1 both A variable byte integer takes no more bytes than its value needs.
1.5.7-1 both Name and value of a string pair are both valid text.
2.1.3-1 both Reserved flag bits have their prescribed values.
2.2.1-2 both PUBLISH with QoS 0 has no packet identifier.
2.2.1-3 client New requests get a packet identifier that is free and not 0.
2.2.1-4 server Each new PUBLISH above QoS 0 to a client gets a packet identifier that is free and not 0.
2.2.1-5 both PUBACK, PUBREC, PUBREL and PUBCOMP repeat the packet identifier of their PUBLISH.
2.2.1-6 server SUBACK and UNSUBACK repeat the packet identifier of their request.
2.2.2-1 both A packet without properties says so with property length 0.
3.1.0-1 client CONNECT comes first on a connection.
3.1.0-2 server A second CONNECT is a protocol error that ends the connection.
3.1.2-1 both The protocol is named MQTT; whoever names another is disconnected, maybe told 0x84 before.
3.1.2-2 server A protocol level that is not served may be told 0x84, and the connection is closed.
3.1.2-3 server The reserved connect flag is checked to be 0.
3.1.2-4 both Clean Start 1 forgets the session that was there and begins a new one.
3.1.2-5 server Clean Start 0 goes on with the session that is there.
3.1.2-6 server Clean Start 0 begins a new session when there is none.
3.1.2-7 server A will is kept with the session.
3.1.2-8 server The will goes out after the connection closed and its delay passed or the session ended, unless DISCONNECT 0x00 removed it or the client came back in time.
3.1.2-9 client With the will flag, will properties, topic and payload are there.
3.1.2-10 server A will that was published, or withdrawn by DISCONNECT 0x00, is gone from the session.
3.1.2-11 client Without the will flag the will QoS is 0.
3.1.2-12 client Will QoS is 0, 1 or 2; 3 is malformed.
3.1.2-13 client Without the will flag will retain is 0.
3.1.2-14 server A will without retain is published as an ordinary message.
3.1.2-15 server A will with retain is published as a retained message.
3.1.2-16 client No user name without its flag.
3.1.2-17 client A user name with its flag.
3.1.2-18 client No password without its flag.
3.1.2-19 client A password with its flag.
3.1.2-20 client A client with a keep-alive pings when it has nothing else to send.
3.1.2-21 client The keep-alive that the server sets replaces the client's.
3.1.2-22 server A client silent for one and a half times its keep-alive is cut off as if the network had failed.
3.1.2-23 both Session state outlives the connection when the session expiry interval is above 0.
3.1.2-24 server No packet larger than the client's maximum packet size is sent to it.
3.1.2-25 server A message too large for the client is dropped as though it had been delivered.
3.1.2-26 server No topic alias above the client's maximum is sent to it.
3.1.2-27 server No topic alias at all is sent to a client that allows none.
3.1.2-28 server No response information for a client that asks for none.
3.1.2-29 server A client that wants no problem information gets reason strings and user properties only in CONNACK, DISCONNECT and PUBLISH.
3.1.2-30 client During enhanced authentication the client sends only AUTH or DISCONNECT before CONNACK.
3.1.3-1 client Payload of CONNECT: client id, will properties, will topic, will payload, user name, password, in that order.
3.1.3-2 both The client id names the session on both sides.
3.1.3-3 client The client id is there and comes first.
3.1.3-4 client The client id is text.
3.1.3-5 server Client ids of 1 to 23 letters and digits are allowed.
3.1.3-6 server An empty client id, where taken at all, is replaced by a unique one.
3.1.3-7 server The client id that the server assigned counts as the client's, and CONNACK tells it.
3.1.3-8 server A client id that is not accepted may be told 0x85, and the connection is closed.
3.1.3-9 server A client that returns before the will delay is over keeps its will from being sent.
3.1.3-10 server User properties of a will keep their order.
3.1.3-11 client The will topic is text.
3.1.3-12 client The user name is text.
3.1.4-1 server A CONNECT that does not have its format ends the connection.
3.1.4-2 server A CONNECT that fails further checks (who, what) ends the connection.
3.1.4-3 server A second connection of a session disconnects the first, with 0x8E.
3.1.4-4 server Clean Start is carried out.
3.1.4-5 server An accepted CONNECT is answered by CONNACK 0x00.
3.1.4-6 server Nothing but AUTH is processed after a CONNECT that was refused.
3.2.0-1 server CONNACK 0x00 goes before any other packet but AUTH.
3.2.0-2 server One CONNACK for a connection.
3.2.2-1 server The upper seven connect acknowledge flags are 0.
3.2.2-2 server Clean Start 1 is answered by session present 0.
3.2.2-3 server Clean Start 0 is answered by session present 1 exactly when there is a session.
3.2.2-4 client A client that knows no session leaves when told that there is one.
3.2.2-5 client A client drops its own session when told that there is none.
3.2.2-6 server A refusing CONNACK says session present 0.
3.2.2-7 server After a CONNACK of 0x80 or above the server closes.
3.2.2-8 server CONNACK bears one of its reason codes.
3.2.2-9 server A server that lacks QoS 1 or 2 says the highest it has.
3.2.2-10 server Such a server takes subscriptions that ask for any QoS.
3.2.2-11 client A client does not publish above the server's maximum QoS.
3.2.2-12 server A will above the server's maximum QoS is refused at CONNECT.
3.2.2-13 server A retained will is refused at CONNECT by a server that retains nothing.
3.2.2-14 client A client does not set retain where the server retains nothing.
3.2.2-15 client A client keeps to the server's maximum packet size.
3.2.2-16 server An empty client id is answered with an assigned one that no other session has.
3.2.2-17 client A client keeps to the server's topic alias maximum.
3.2.2-18 client A client sends no topic alias where the server allows none.
3.2.2-19 server CONNACK goes without its reason string when it would be too large for the client.
3.2.2-20 server CONNACK goes without user properties when it would be too large for the client.
3.2.2-21 client The server's keep-alive replaces the one in CONNECT.
3.2.2-22 server Without a server keep-alive, the client's counts.
3.3.1-1 both A PUBLISH sent again says DUP.
3.3.1-2 both QoS 0 never says DUP.
3.3.1-3 both DUP says only whether this PUBLISH is a repetition, whatever the publisher's said.
3.3.1-4 both No PUBLISH has both QoS bits.
3.3.1-5 server A retained PUBLISH takes the place of what was retained on its topic.
3.3.1-6 server An empty retained PUBLISH is passed on and removes what was retained.
3.3.1-7 server An empty payload is never retained.
3.3.1-8 server Without retain, nothing is stored, replaced or removed.
3.3.1-9 server Retain handling 0 sends the retained messages of the filter.
3.3.1-10 server Retain handling 1 sends them to a new subscription only.
3.3.1-11 server Retain handling 2 sends none.
3.3.1-12 server Messages to a subscription without retain-as-published say retain 0.
3.3.1-13 server Messages to a subscription with retain-as-published say retain as they were published.
3.3.2-1 both The topic name comes first in PUBLISH and is text.
3.3.2-2 both A topic name holds no wildcard.
3.3.2-3 server A client is sent only topics that its filters select.
3.3.2-4 server The payload format indicator is passed on as it came.
3.3.2-5 server A message whose expiry passed before its delivery began is not delivered.
3.3.2-6 server The message expiry that is passed on is lowered by the time the message waited.
3.3.2-7 both Topic aliases end with the connection.
3.3.2-8 both No topic alias 0.
3.3.2-9 client No topic alias above the server's maximum.
3.3.2-10 client The client takes every topic alias up to its own maximum.
3.3.2-11 server No topic alias above the client's maximum.
3.3.2-12 server The server takes every topic alias up to the maximum it said.
3.3.2-13 both The response topic is text.
3.3.2-14 both The response topic holds no wildcard.
3.3.2-15 server The response topic is passed on as it came.
3.3.2-16 server Correlation data are passed on as they came.
3.3.2-17 server User properties are passed on as they came.
3.3.2-18 server User properties keep their order.
3.3.2-19 both The content type is text.
3.3.2-20 server The content type is passed on as it came.
3.3.4-1 both PUBLISH is answered as its QoS asks.
3.3.4-2 server Overlapping subscriptions: the message comes with the highest QoS of them.
3.3.4-3 server Overlapping subscriptions: their subscription identifiers come with the message.
3.3.4-4 server A single copy bears the identifiers of all matching subscriptions that have one.
3.3.4-5 server Of several copies, each bears the identifier of its own subscription.
3.3.4-6 client A client's PUBLISH bears no subscription identifier.
3.3.4-7 client The client has no more than the server's receive maximum unacknowledged.
3.3.4-8 client Other packets of the client do not wait for its quota.
3.3.4-9 server The server has no more than the client's receive maximum unacknowledged.
3.3.4-10 server Other packets of the server do not wait for its quota.
3.4.2-1 both PUBACK bears one of its reason codes.
3.4.2-2 both PUBACK goes without reason string when it would be too large.
3.4.2-3 both PUBACK goes without user properties when it would be too large.
3.5.2-1 both PUBREC bears one of its reason codes.
3.5.2-2 both PUBREC goes without reason string when it would be too large.
3.5.2-3 both PUBREC goes without user properties when it would be too large.
3.6.1-1 both PUBREL has flags 0010; anything else ends the connection.
3.6.2-1 both PUBREL bears one of its reason codes.
3.6.2-2 both PUBREL goes without reason string when it would be too large.
3.6.2-3 both PUBREL goes without user properties when it would be too large.
3.7.2-1 both PUBCOMP bears one of its reason codes.
3.7.2-2 both PUBCOMP goes without reason string when it would be too large.
3.7.2-3 both PUBCOMP goes without user properties when it would be too large.
3.8.1-1 both SUBSCRIBE has flags 0010; anything else ends the connection.
3.8.3-1 client Topic filters are text.
3.8.3-2 client SUBSCRIBE has at least one filter.
3.8.3-3 server No Local: a message does not go back to the client id that published it.
3.8.3-4 both No Local on a shared subscription is a protocol error.
3.8.3-5 server Reserved bits of the subscription options make SUBSCRIBE malformed.
3.8.4-1 server SUBSCRIBE is answered by SUBACK.
3.8.4-2 server SUBACK repeats the packet identifier.
3.8.4-3 server The same filter again replaces the subscription.
3.8.4-4 server Replacing a subscription sends retained messages again (retain handling 0) and loses nothing.
3.8.4-5 server Several filters in one SUBSCRIBE are as several SUBSCRIBEs, answered together.
3.8.4-6 server SUBACK has a reason code for each filter.
3.8.4-7 server That code says the QoS granted, or that it failed.
3.8.4-8 server Messages come with the lower of the published and the granted QoS.
3.9.2-1 server SUBACK goes without reason string when it would be too large.
3.9.2-2 server SUBACK goes without user properties when it would be too large.
3.9.3-1 server Codes in SUBACK are in the order of the filters.
3.9.3-2 server SUBACK bears only its own reason codes.
3.10.1-1 both UNSUBSCRIBE has flags 0010; anything else ends the connection.
3.10.3-1 client Topic filters in UNSUBSCRIBE are text.
3.10.3-2 client UNSUBSCRIBE has at least one filter.
3.10.4-1 server Filters of UNSUBSCRIBE are compared character by character; a match ends the subscription.
3.10.4-2 server After UNSUBSCRIBE no new message is added for the client.
3.10.4-3 server Deliveries of QoS 1 and 2 that had begun are completed after UNSUBSCRIBE.
3.10.4-4 server UNSUBSCRIBE is answered by UNSUBACK.
3.10.4-5 server UNSUBACK repeats the packet identifier, and comes also when nothing was removed.
3.10.4-6 server Several filters in one UNSUBSCRIBE are as several, answered together.
3.11.2-1 server UNSUBACK goes without reason string when it would be too large.
3.11.2-2 server UNSUBACK goes without user properties when it would be too large.
3.11.3-1 server Codes in UNSUBACK are in the order of the filters.
3.11.3-2 server UNSUBACK bears only its own reason codes, one for each filter.
3.12.4-1 server PINGREQ is answered by PINGRESP.
3.14.0-1 server No DISCONNECT before a CONNACK that accepts.
3.14.1-1 both Reserved bits of DISCONNECT are checked; otherwise it is answered by DISCONNECT 0x81.
3.14.2-1 both DISCONNECT bears one of its reason codes.
3.14.2-2 server The server's DISCONNECT has no session expiry interval.
3.14.2-3 both DISCONNECT goes without reason string when it would be too large.
3.14.2-4 both DISCONNECT goes without user properties when it would be too large.
3.14.4-1 both Nothing is sent after DISCONNECT.
3.14.4-2 both Whoever sent DISCONNECT closes the connection.
3.14.4-3 server DISCONNECT 0x00 discards the will.
3.15.1-1 both AUTH has flags 0000; anything else ends the connection.
3.15.2-1 both AUTH bears one of its reason codes.
3.15.2-2 both AUTH goes without reason string when it would be too large.
3.15.2-3 both AUTH goes without user properties when it would be too large.
4.1.0-1 both Session state is kept as long as the connection is open.
4.1.0-2 server Session state is dropped when the connection is closed and its expiry has passed.
4.2.0-1 both There is a transport that carries bytes in order and without loss.
4.3.1-1 both QoS 0 is sent with DUP 0.
4.3.2-1 both QoS 1: a new message gets a free packet identifier.
4.3.2-2 both QoS 1: a new message is sent with DUP 0.
4.3.2-3 both QoS 1: a message counts as unacknowledged until PUBACK.
4.3.2-4 both QoS 1: the receiver answers with PUBACK once the message is its own.
4.3.2-5 both QoS 1: after PUBACK the same packet identifier is a new message, whatever DUP says.
4.3.3-1 both QoS 2: a new message gets a free packet identifier.
4.3.3-2 both QoS 2: a new message is sent with DUP 0.
4.3.3-3 both QoS 2: a message counts as unacknowledged until PUBREC.
4.3.3-4 both QoS 2: a PUBREC below 0x80 is answered by PUBREL with the same packet identifier.
4.3.3-5 both QoS 2: PUBREL counts as unacknowledged until PUBCOMP.
4.3.3-6 both QoS 2: after PUBREL the PUBLISH is not sent again.
4.3.3-7 both QoS 2: what has been sent does not expire any more.
4.3.3-8 both QoS 2: the receiver answers with PUBREC once the message is its own.
4.3.3-9 both QoS 2: after a PUBREC of 0x80 or above the same packet identifier is a new message.
4.3.3-10 both QoS 2: before PUBREL, the same packet identifier is answered by PUBREC and delivered to nobody again.
4.3.3-11 both QoS 2: PUBREL is answered by PUBCOMP with the same packet identifier.
4.3.3-12 both QoS 2: after PUBCOMP the same packet identifier is a new message.
4.3.3-13 both QoS 2: the receiver completes the exchange also for a message that expired.
4.4.0-1 both On return to a session, unacknowledged PUBLISH and PUBREL are sent again with their packet identifiers, and at no other time.
4.4.0-2 both A PUBACK or PUBREC of 0x80 or above settles the message; it is not sent again.
4.5.0-1 server A message that the server took is added to the session of each client whose filters select it.
4.5.0-2 client The client acknowledges what it gets, whether or not it uses it.
4.6.0-1 client The client sends PUBLISH again in the order of the first time.
4.6.0-2 client The client's PUBACKs are in the order of the PUBLISHes.
4.6.0-3 client The client's PUBRECs are in the order of the PUBLISHes.
4.6.0-4 client The client's PUBRELs are in the order of the PUBRECs.
4.6.0-5 server Messages of one client, topic and QoS reach each subscriber in the order they came.
4.6.0-6 server That order is kept on every topic unless the subscription is shared.
4.7.0-1 both Wildcards are for filters, not for topic names.
4.7.1-1 both # is alone or behind a /, and last.
4.7.1-2 both + fills its level.
4.7.2-1 server A filter that begins with a wildcard selects no topic that begins with $.
4.7.3-1 both Topics and filters have at least one character.
4.7.3-2 both Topics and filters hold no null character.
4.7.3-3 both Topics and filters are text of at most 65 535 bytes.
4.7.3-4 server Topics and filters are compared as they are: nothing is normalised or replaced.
4.8.2-1 both A shared subscription is $share/, a name, and a filter.
4.8.2-2 both The share name holds no /, + or #; a / and a filter follow it.
4.8.2-3 server A message to a shared subscription respects the QoS granted to the member.
4.8.2-4 server A QoS 2 delivery to a member that broke off is completed when that member returns.
4.8.2-5 server If the member's session ends before, nobody else gets that QoS 2 message.
4.8.2-6 server A message that the member refused goes to no other member.
4.9.0-1 both The send quota begins above 0 and not above the receive maximum.
4.9.0-2 both With quota 0 no PUBLISH above QoS 0 is sent.
4.9.0-3 both With quota 0 all other packets are still processed and answered.
4.12.0-1 server An authentication method that is not offered may be told 0x8C or 0x87, and the connection is closed.
4.12.0-2 server The server's AUTH bears 0x18.
4.12.0-3 client The client's AUTH bears 0x18.
4.12.0-4 server Authentication may be refused at any point, and the connection is closed.
4.12.0-5 both Every AUTH and the CONNACK repeat the authentication method of CONNECT.
4.12.0-6 server Without an authentication method in CONNECT there is none in CONNACK, and no AUTH.
4.12.0-7 client Without an authentication method in CONNECT the client sends no AUTH.
4.12.1-1 client Re-authentication uses the same method.
4.12.1-2 both Re-authentication that fails ends the connection.
4.13.1-1 server A malformed packet or protocol error ends the connection.
4.13.2-1 both A CONNACK or DISCONNECT of 0x80 or above means that the connection is closed, sent or not.
6.0.0-1 both WebSocket: packets are in binary frames; any other data frame ends the connection.
6.0.0-2 both WebSocket: frames and packets need not begin and end together.
6.0.0-3 client WebSocket: the client offers the subprotocol mqtt.
6.0.0-4 server WebSocket: the server selects the subprotocol mqtt.
`,
);
