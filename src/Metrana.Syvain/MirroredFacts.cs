using Metrana.Mirrors;

namespace Metrana.Syvain;

/// <summary>What the facts of a run are: metadata of the experiment where they come before its first metric, annotations after it.</summary>
internal static class MirroredFacts
{
    /// <summary>What an experiment is opened with.</summary>
    /// <param name="run">The run.</param>
    /// <param name="given">What the user gave for it.</param>
    /// <param name="held">What the run logged so far.</param>
    public static ExperimentOptions Of(MirroredRun run, ExperimentOptions given, IReadOnlyList<RunRecord> held)
    {
        string description = given.Description;
        HashSet<string> tags = new(StringComparer.Ordinal);
        Dictionary<string, object?> facts = new(StringComparer.Ordinal) { ["project"] = run.Project, ["name"] = run.Name };
        Fact("workspace", run.Workspace);
        Fact("experiment", run.Experiment);
        Fact("run_id", run.Id);
        Fact("url", run.Url);
        Fact("orchestration_id", run.OrchestrationId);
        foreach (RunRecord record in held)
        {
            switch (record)
            {
                case AttributesRecord attributes:
                    foreach ((string path, object? value) in attributes.Values)
                    {
                        Put(facts, path, Plain(value));
                    }

                    break;
                case TagsRecord changed:
                    if (changed.Replaces)
                    {
                        tags.Clear();
                    }

                    tags.UnionWith(changed.Added);
                    tags.ExceptWith(changed.Removed);
                    break;
                case DescriptionRecord told when given.Description.Length == 0:
                    description = told.Text;
                    break;
            }
        }

        if (tags.Count > 0)
        {
            facts["tags"] = tags.ToArray();
        }

        foreach ((string name, object? value) in given.Meta ?? [])
        {
            facts[name] = value;
        }

        return given with { Description = Limits.CutDescription(description), Meta = Metadata.From(facts) };

        void Fact(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                facts[name] = value;
            }
        }
    }

    /// <summary>What came after the first metric, as texts.</summary>
    public static IEnumerable<Action<Experiment>> Annotations(RunRecord record)
    {
        switch (record)
        {
            case AttributesRecord attributes:
                return Annotation("attributes", attributes.Values);
            case EnvironmentAttributesRecord attributes:
                Dictionary<string, object?> values = new(attributes.Values, StringComparer.Ordinal) { ["environment"] = attributes.Environment };
                if (attributes.Episode is { } episode)
                {
                    values["episode"] = episode;
                }

                return Annotation("environment attributes", values);
            case TagsRecord tags:
                return Annotation("tags", new Dictionary<string, object?> { ["added"] = tags.Added, ["removed"] = tags.Removed, ["replaces"] = tags.Replaces });
            case DescriptionRecord description:
                return Annotation($"description: {description.Text}", new Dictionary<string, object?>());
            case AnnotationRecord annotation:
                Dictionary<string, object?> facts = new(annotation.Metadata, StringComparer.Ordinal);
                if (annotation.Step is { } step)
                {
                    facts["step"] = step;
                }

                return Annotation(annotation.Text, facts);
            default:
                return [];
        }
    }

    private static IEnumerable<Action<Experiment>> Annotation(string text, IReadOnlyDictionary<string, object?> values)
    {
        Metadata facts = Metadata.From(values.Select(fact => KeyValuePair.Create(fact.Key, Plain(fact.Value))));
        return [experiment => experiment.Annotation(Limits.CutAnnotation(text), facts)];
    }

    /// <summary>Puts a value where its path says: <c>config/lr</c> is <c>lr</c> within <c>config</c>.</summary>
    private static void Put(Dictionary<string, object?> facts, string path, object? value)
    {
        string[] names = path.Split('/');
        foreach (string name in names[..^1])
        {
            if (facts.TryGetValue(name, out object? inner) && inner is Dictionary<string, object?> tree)
            {
                facts = tree;
            }
            else
            {
                Dictionary<string, object?> made = new(StringComparer.Ordinal);
                facts[name] = made;
                facts = made;
            }
        }

        facts[names[^1]] = value;
    }

    /// <summary>A configuration may say infinity, which JSON has no number for.</summary>
    private static object? Plain(object? value) => value switch
    {
        double number when !double.IsFinite(number) => double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity",
        float number when !float.IsFinite(number) => Plain((double)number),
        _ => value,
    };
}
