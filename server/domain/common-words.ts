/** Building blocks of the passwords that are found most often in breaches. */
export const commonWords: readonly string[] = (
  "password passwort passw0rd kennwort motdepasse contrasena senha haslo parola qwerty qwertz azerty " +
  "letmein welcome willkommen admin administrator root user guest test tester testing demo default " +
  "changeme change secret geheim login signin master access system server service manager support " +
  "iloveyou loveyou love hello hallo sunshine princess dragon monkey shadow football baseball " +
  "basketball soccer hockey superman batman spiderman pokemon starwars michael jordan jennifer " +
  "jessica ashley daniel thomas robert andrew charlie george maggie buster tigger ginger pepper " +
  "cookie summer winter spring autumn sommer fruehling herbst january february march april june " +
  "july august september october november december monday tuesday wednesday thursday friday " +
  "saturday sunday trustno1 whatever freedom flower computer internet samsung google facebook " +
  "linkedin microsoft windows apple android cisco oracle mustang ferrari porsche mercedes chelsea " +
  "liverpool arsenal barcelona company business office home family london berlin paris america " +
  "canada australia germany mqtt mosquitto broker device sensor gateway iot quayside harbour console " +
  "the and abc xyz asd foo bar foobar hunter killer ninja matrix zxcvbn asdf asdfgh secure security " +
  "private public temp temporary new old my your please enter let me in pass word pwd"
).split(" ");
