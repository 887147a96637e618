import {
  profileText,
  protocolNames,
  qosNames,
  transportNames,
} from "#components/strings/profile.ts";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field, Input, Textarea } from "#components/ui/input.tsx";
import {
  deviceClasses,
  deviceClassNames,
  specifiedProtocols,
  specifiedTransports,
  type TransportSpecification,
} from "#server/domain/transport-specification.ts";

const levels = ["0", "1", "2"] as const;

function levelOf(level: (typeof levels)[number]): TransportSpecification["qos"] {
  return level === "0" ? 0 : level === "1" ? 1 : 2;
}

/** A specification as it is typed. */
export type TypedSpecification = Omit<TransportSpecification, "messagesPerHour"> & {
  readonly messagesPerHour: string;
};

const blank: TypedSpecification = {
  transports: ["mqtts"],
  protocol: "mqtt-5",
  qos: 1,
  deviceClass: "class-2",
  messagesPerHour: "60",
  rationale: "",
};

/** What a form begins with. */
export function typedSpecification(
  specification: TransportSpecification | null,
): TypedSpecification {
  if (specification === null) return blank;
  const { transports, protocol, qos, deviceClass, messagesPerHour, rationale } = specification;
  return {
    transports,
    protocol,
    qos,
    deviceClass,
    messagesPerHour: String(messagesPerHour),
    rationale,
  };
}

/** The other way round. */
export function specificationOf(typed: TypedSpecification): TransportSpecification {
  return { ...typed, messagesPerHour: Number(typed.messagesPerHour) };
}

/** Fields of a transport specification; errors are found under `specification.…`. */
export function SpecificationFields({
  typed,
  fieldError,
  onChange,
}: {
  readonly typed: TypedSpecification;
  readonly fieldError: (path: string) => string | undefined;
  readonly onChange: (part: Partial<TypedSpecification>) => void;
}) {
  return (
    <>
      <Transports
        typed={typed}
        error={fieldError("specification.transports")}
        onChange={onChange}
      />
      <div className="grid gap-4 md:grid-cols-2">
        <ChoiceField
          label={profileText.protocol}
          value={typed.protocol}
          choices={specifiedProtocols}
          names={protocolNames}
          onChange={(protocol) => onChange({ protocol })}
        />
        <ChoiceField
          label={profileText.qos}
          value={levels[typed.qos]}
          choices={levels}
          names={qosNames}
          onChange={(level) => onChange({ qos: levelOf(level) })}
        />
        <ChoiceField
          label={profileText.deviceClass}
          value={typed.deviceClass}
          choices={deviceClasses}
          names={deviceClassNames}
          onChange={(deviceClass) => onChange({ deviceClass })}
        />
        <Field
          label={profileText.messagesPerHour}
          error={fieldError("specification.messagesPerHour")}
        >
          <Input
            type="number"
            min={0}
            step="any"
            value={typed.messagesPerHour}
            onChange={(event) => onChange({ messagesPerHour: event.currentTarget.value })}
          />
        </Field>
      </div>
      <Rationale
        text={typed.rationale}
        error={fieldError("specification.rationale")}
        onChange={(rationale) => onChange({ rationale })}
      />
    </>
  );
}

function Rationale({
  text,
  error,
  onChange,
}: {
  readonly text: string;
  readonly error: string | undefined;
  readonly onChange: (text: string) => void;
}) {
  return (
    <Field label={profileText.rationale} error={error}>
      <Textarea
        rows={3}
        maxLength={2_000}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}

function Transports({
  typed,
  error,
  onChange,
}: {
  readonly typed: TypedSpecification;
  readonly error: string | undefined;
  readonly onChange: (part: Partial<TypedSpecification>) => void;
}) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium text-ink">{profileText.transports}</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-2">
        {specifiedTransports.map((transport) => (
          <Checkbox
            key={transport}
            label={transportNames[transport]}
            checked={typed.transports.includes(transport)}
            onChange={({ currentTarget: { checked } }) =>
              onChange({
                transports: specifiedTransports.filter((each) =>
                  each === transport ? checked : typed.transports.includes(each),
                ),
              })
            }
          />
        ))}
      </div>
      {error !== undefined && (
        <p role="alert" className="mt-1.5 text-sm text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}
