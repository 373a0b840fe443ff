namespace Metrana.Native.Tests;

/// <summary>The small types of a call.</summary>
public class NamesTests
{
    [Fact]
    public void The_standard_scales_have_the_names_of_the_protocol()
    {
        Scale.MlStep.Name.Should().Be("ML_STEP");
        Scale.Episode.Name.Should().Be("EPISODE");
        Scale.EnvironmentStep.Name.Should().Be("ENVIRONMENT_STEP");
    }

    [Fact]
    public void Scales_are_equal_by_name_however_they_came_about()
    {
        Scale converted = "ML_STEP";

        converted.Should().Be(Scale.MlStep);
        (converted == new Scale("ML_STEP")).Should().BeTrue();
        (converted != Scale.Episode).Should().BeTrue();
        converted.GetHashCode().Should().Be(Scale.MlStep.GetHashCode());
        default(Scale).Should().Be((Scale)"");
        converted.ToString().Should().Be("ML_STEP");
    }

    [Fact]
    public void Labels_can_be_read_back()
    {
        Labels labels = new(("a", "1"), ("b", "2"));

        labels.Should().HaveCount(2);
        labels[1].Should().Be(KeyValuePair.Create("b", "2"));
        labels.ToString().Should().Be("{a=1, b=2}");
        Labels.None.Should().BeEmpty();
    }

    [Fact]
    public void A_label_is_added_to_labels_that_stay_as_they_are()
    {
        Labels one = new(("a", "1"));
        Labels more = one.With("b", "2").With("a", "3");

        one.ToString().Should().Be("{a=1}");
        more.ToString().Should().Be("{b=2, a=3}");
        one.Invoking(labels => labels.With("c", null!)).Should().Throw<ArgumentNullException>();
        one.Invoking(labels => labels.With("\ud800", "")).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Labels_of_a_call_can_be_gone_through_in_either_form()
    {
        LabelSpan kept = new Labels(("a", "1"), ("b", "2"));
        LabelSpan written = [("a", "1"), ("b", "2")];

        List<(string, string)> fromKept = [];
        foreach ((string Key, string Value) label in kept)
        {
            fromKept.Add(label);
        }

        List<(string, string)> fromWritten = [];
        foreach ((string Key, string Value) label in written)
        {
            fromWritten.Add(label);
        }

        fromKept.Should().Equal(("a", "1"), ("b", "2"));
        fromWritten.Should().Equal(fromKept);
        LabelSpan none = default;
        none.Count.Should().Be(0);
    }

    [Fact]
    public void Null_pairs_are_refused()
    {
        FluentActions.Invoking(() => new Labels((IEnumerable<KeyValuePair<string, string>>)null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => new Labels(((string, string)[])null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => new Labels((null!, "v"))).Should().Throw<ArgumentNullException>();
    }
}
