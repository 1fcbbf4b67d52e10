using SimpleFlow.Playground.Experiments;

namespace SimpleFlow.Playground.Tests;

/// <summary>Links restore an experiment, and say what is wrong with them.</summary>
public sealed class PlaneLinkTests
{
    [Fact]
    public void A_link_holds_all_settings()
    {
        var settings = new PlaneSettings
        {
            Source = PlaneSource.Function,
            Points = 350,
            Classes = 3,
            Noise = 0.15f,
            TrainShare = 0.7f,
            Function = "sin 3x + |x| & 50 %",
            BatchSize = 3,
            Features = [PlaneFeature.Y, PlaneFeature.XTimesY],
            Layers = [new(3, ActivationKind.LeakyRelu), new(16, ActivationKind.Step)],
            BatchNorm = true,
            Dropout = 0.3f,
            Initial = InitialKind.Same,
            Optimizer = OptimizerKind.AdamW,
            LearningRate = 1e-5f,
            Schedule = ScheduleKind.OneCycle,
            ScheduleEpochs = 77,
            L1 = 0.003f,
            L2 = 1 / 3f,
            DataSeed = 12,
            Seed = ulong.MaxValue,
        };
        // The settings of this test differ from the default in everything, so none is forgotten.
        foreach (var property in typeof(PlaneSettings).GetProperties())
            Assert.NotEqual(property.GetValue(new PlaneSettings()), property.GetValue(settings));
        settings = settings with { Function = "2sin 3x + |x|" };
        var restored = PlaneLink.Parse(PlaneLink.Of(new(settings), out var leftOut)).Settings;
        Assert.False(leftOut);
        Assert.Equal(settings.Features, restored.Features);
        Assert.Equal(settings.Layers, restored.Layers);
        Assert.Equal(settings, restored with { Features = settings.Features, Layers = settings.Layers });
    }

    [Fact]
    public void The_link_of_the_first_experiment_is_empty() => Assert.Equal("", PlaneLink.Of(new(new PlaneSettings()), out _));

    [Fact]
    public void A_link_holds_painted_points_in_their_order_and_bit_for_bit()
    {
        var random = new Random(4);
        var points = new PlanePoints(Numbers(), Numbers(), [.. Enumerable.Range(0, 300).Select(i => (float)(i % 4))], 4);
        var settings = new PlaneSettings { Source = PlaneSource.Painted, Classes = 4 };
        var link = PlaneLink.Of(new(settings) { Painted = points }, out var leftOut);
        Assert.False(leftOut);
        var restored = PlaneLink.Parse(link).Painted!;
        Assert.Equal([.. points.X, .. points.Y, .. points.Targets], (float[])[.. restored.X, .. restored.Y, .. restored.Targets]);

        float[] Numbers() => [.. Enumerable.Range(0, 300).Select(_ => 12 * random.NextSingle() - 6)];
    }

    [Fact]
    public void A_link_holds_a_small_table_and_leaves_a_large_one_out()
    {
        var settings = new PlaneSettings { Source = PlaneSource.Table };
        var text = "größe;Breite;Art\n1,5;2,25;a\n2;3;b\n3;4;a\n4;5;b\n";
        var link = PlaneLink.Of(new(settings) { Table = (text, 1, 0, 2) }, out var leftOut);
        Assert.False(leftOut);
        Assert.Equal((text, 1, 0, 2), PlaneLink.Parse(link).Table);

        var random = new Random(1);
        var large = "a,b,c\n" + string.Concat(Enumerable.Range(0, 3000).Select(_ => $"{random.NextDouble()},{random.NextDouble()},1\n"));
        link = PlaneLink.Of(new(settings) { Table = (large, 1, 0, 2) }, out leftOut);
        Assert.True(leftOut);
        Assert.Null(PlaneLink.Parse(link).Table);
    }

    [Fact]
    public void A_link_holds_the_words_of_a_teacher_and_what_is_hidden()
    {
        const string Text = "Find the smallest network & say why.\n求最小的网络。 50 % = half?";
        var experiment = new PlaneExperiment(new()) { Text = Text, Hidden = [HiddenControl.Features, HiddenControl.Out] };
        var restored = PlaneLink.Parse(PlaneLink.Of(experiment, out _));
        Assert.Equal(Text, restored.Text);
        Assert.Equal(experiment.Hidden, restored.Hidden);
    }

    [Theory]
    [InlineData("rate=fast", "The link says rate=fast. Expected: a number from 0 to 100.")]
    [InlineData("rate=NaN", "The link says rate=NaN. Expected: a number from 0 to 100.")]
    [InlineData("points=100000", "The link says points=100000. Expected: a whole number from 10 to 1000.")]
    [InlineData("source=Moon", "The link says source=Moon. Expected: Circle, Xor, Gauss, Spiral, Slope, Hills, Function, Painted, Table.")]
    [InlineData("layers=4", "The link says layers=4. Expected: units and an activation, such as 4Tanh.")]
    [InlineData("layers=99Tanh", "The link says layers=99. Expected: a whole number from 1 to 16.")]
    [InlineData("norm=maybe", "The link says norm=maybe. Expected: true or false.")]
    [InlineData("colour=red", "The link says 'colour', which this page does not know. A newer page may have made it.")]
    [InlineData("rate", "The link has 'rate' without a value. Copy the whole link.")]
    [InlineData("painted=AAAA", "The painted points of the link are damaged. Copy the whole link.")]
    [InlineData("columns=1,2", "The link needs three columns: columns=0,1,2.")]
    public void A_broken_link_is_told_what_is_wrong(string link, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => PlaneLink.Parse(link)).Message);

    [Fact]
    public void Damaged_links_never_fail_otherwise()
    {
        var random = new Random(7);
        var points = new PlanePoints([1, 2, 3], [1, 2, 3], [0, 1, 1], 2);
        var settings = new PlaneSettings { Source = PlaneSource.Painted, Points = 300, Seed = 2 };
        var link = PlaneLink.Of(new(settings) { Painted = points }, out _);
        for (var i = 0; i < 2000; i++)
        {
            var characters = link.ToCharArray();
            for (var times = random.Next(1, 4); times > 0; times--)
                characters[random.Next(characters.Length)] = "abcXYZ019,&=%-_ "[random.Next(16)];
            try
            {
                _ = PlaneLink.Parse(new string(characters, 0, random.Next(1, characters.Length + 1)));
            }
            catch (FormatException)
            {
                // It is told.
            }
        }
    }
}
