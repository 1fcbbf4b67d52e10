using System.Globalization;
using System.Xml.Linq;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Diagnostics;

/// <summary>Back-propagation written down: that it says what is computed, for any graph, and in the words of the
/// project's seed for the seed's network.</summary>
public class DerivationTests
{
    public static TheoryData<string> Samples => [.. OpSamples.All.Keys];

    [Fact]
    public void The_parabola_of_the_seed()
    {
        var parabola = SeedNetworks.Parabola.Create();
        Snapshot.AssertMatches("parabola", new Model(parabola.Loss, parabola.Predicted, new GradientDescent()).Derivation().ToText());
    }

    [Fact]
    public void Its_steps_are_its_lines_and_name_every_node_variable_and_gradient()
    {
        var parabola = SeedNetworks.Parabola.Create();
        var model = new Model(parabola.Loss, parabola.Predicted, new GradientDescent());
        var derivation = model.Derivation();
        var steps = derivation.Steps;
        var text = derivation.ToText().ReplaceLineEndings(" ").Replace(" ", "", StringComparison.Ordinal);
        Assert.All(steps, step => Assert.Contains(step.Text.Replace(" ", "", StringComparison.Ordinal), text, StringComparison.Ordinal));
        Assert.All(steps, step => Assert.StartsWith("<math", step.MathMl, StringComparison.Ordinal));
        Assert.Equal(["Network", "Back-propagation", "Gradients", "Updates"], steps.Select(step => step.Section).Distinct());
        foreach (var variable in model.Variables)
            Assert.Equal(["Network", "Gradients", "Updates"], steps.Where(step => step.About == variable).Select(step => step.Section));
        Assert.Equal(["Network", "Back-propagation"], steps.Where(step => step.About == parabola.Loss).Select(step => step.Section));
    }

    [Fact]
    public void A_recurrence_is_written_as_in_a_textbook()
    {
        var x = new Placeholder("x", [null, null, 2]);
        var forward = Derivation.Of(Layers.Lstm(x, 3, name: "lstm").Power(2).Mean(name: "loss")).Steps.Select(step => step.Text).ToList();
        foreach (var line in (string[])["o[t] = sigmoid(s_12[t][9..12])", "c[t] = f[t] ∘ c[t-1] + i[t] ∘ g[t]", "h[t] = o[t] ∘ tanh(c[t])",
            "δ(h[t]) = δ(s_8)[t] + δ(s_12[t+1])·lstm/uᵀ", "δ(c[t]) = δ(c[t+1]) ∘ f[t+1] + δ(h[t]) ∘ o[t] ∘ (1 - tanh(c[t])^2)",
            "δ(f[t]) = δ(c[t]) ∘ c[t-1]", "∂loss/∂lstm/u = sum((h[t-1])ᵀ·δ(s_12[t]), axis t)"])
            Assert.Contains(line, forward);
        var backward = Derivation.Of(Layers.Gru(x, 3, sequence: true, reverse: true).Mean(name: "loss")).ToText();
        Assert.Contains("h[t] = n[t] + z[t] ∘ (h[t+1] - n[t])", backward, StringComparison.Ordinal);
        Assert.Contains("what step t-1 sends back", backward, StringComparison.Ordinal);
    }

    [Fact]
    public void Adam_on_two_losses_with_everything_in_between()
    {
        var (model, _) = Complicated();
        Snapshot.AssertMatches("complicated", model.Derivation().ToText());
        Snapshot.AssertMatches("complicated-markdown", model.Derivation().ToMarkdown());
    }

    [Fact]
    public void The_equations_of_the_seeds_text_stand_in_its_order()
    {
        // delta_l1 = delta_l2 * w * activate'(w * l_1); delta_w = −lr * delta_l2 * activate'(w * l_1) * l_1
        var text = new Model(SeedNetworks.Parabola.Create().Loss, optimizer: new GradientDescent()).Derivation().ToText();
        string[] equations =
            [
            "δ(s_3) = δ(s_4)·w_2ᵀ          [?, 20]", "δ(s_2) = δ(s_3) ∘ relu′(s_2)  [?, 20]  relu′(s_2) = 1 where s_3 > 0, else 0",
            "∂loss/∂w_1 = xᵀ·δ(s_1)            [1, 20]", "∂loss/∂w_2 = s_3ᵀ·δ(s_4)          [20, 1]", "Δw_1 = -rate·∂loss/∂w_1",
        ];
        var at = 0;
        foreach (var equation in equations)
        {
            at = text.IndexOf(equation, at, StringComparison.Ordinal);
            Assert.True(at >= 0, $"{equation} is missing, or not in its place, in\n{text}");
        }
    }

    [Fact]
    public void Its_numbers_are_those_of_the_plain_reading_and_of_finite_differences()
    {
        var (model, feed) = Complicated();
        var loss = TotalLoss.Of(model.Losses);
        foreach (var variable in model.Variables.Where(variable => variable.IsTrainable))
        {
            var line = Assert.Single(model.Derivation(feed).Sections.Single(section => section.Title == "Gradients").Lines,
                line => FormulaText.Of(line.Equation).StartsWith($"∂total/∂{variable.Name} = ", StringComparison.Ordinal));
            var shown = Numbers(line.Numbers!);
            var analytic = PlainReading.Of([Gradients.Of(loss, variable)[0]], feed)[0].ToArray();
            Assert.Equal(analytic.Length, shown.Length);
            for (var i = 0; i < shown.Length; i++)
            {
                Assert.Equal(analytic[i], shown[i], 1e-3 * (1 + Math.Abs(analytic[i])));
                Assert.Equal(Difference(loss, variable, i, feed), shown[i], 1e-3 * (1 + Math.Abs(analytic[i])));
            }
        }
    }

    [Fact]
    public void Its_updates_are_what_a_step_makes()
    {
        foreach (var optimizer in new Optimizer[] { new GradientDescent(0.1f), new Momentum(), new Nesterov(), new AdaGrad(), new RmsProp(),
            new Adam(), new AdamW() { ClipNorm = 0.1f }, new Adam() { ClipValue = 0.01f } })
        {
            var (model, feed) = Complicated(optimizer);
            var lines = model.Derivation(feed).Sections.Single(section => section.Title == "Updates").Lines;
            var before = model.Variables.ToDictionary(variable => variable, variable => variable.Values.ToArray());
            model.Fit(feed, 1);
            foreach (var variable in model.Variables.Where(variable => variable.IsTrainable))
            {
                var line = Assert.Single(lines,
                    line => FormulaText.Of(line.Equation).StartsWith($"Δ{variable.Name} = ", StringComparison.Ordinal)
                        || FormulaText.Of(line.Equation).StartsWith($"{variable.Name} ← ", StringComparison.Ordinal));
                var isChange = FormulaText.Of(line.Equation).StartsWith('Δ');
                var shown = Numbers(line.Numbers!);
                var after = variable.Values.ToArray();
                Assert.Equal(after.Length, shown.Length);
                for (var i = 0; i < shown.Length;
                i++)
                    Assert.Equal(isChange ? after[i] - before[variable][i] : after[i], shown[i], 2e-3 * Math.Abs(shown[i]) + 1e-6);
            }
        }
    }

    [Theory, MemberData(nameof(Samples))]
    public void Every_op_derives_in_every_form(string name)
    {
        var sample = OpSamples.All[name];
        var output =
            sample.On([.. sample.Inputs.Select(input =>
                input.ElementType == ElementType.Float32 ? input + new Variable($"w_{input.Name}", []) : (Node)input)]);
        if (output.ElementType != ElementType.Float32) output = output.Cast();
        var derivation = Derivation.Of((output * 2f).Sum());
        Assert.Contains("loss", derivation.ToText(), StringComparison.Ordinal);
        Assert.Contains("$`", derivation.ToMarkdown(), StringComparison.Ordinal);
        foreach (var line in derivation.Sections.SelectMany(section => section.Lines))
        {
            XElement.Parse(FormulaMathMl.Of(line.Equation).Replace("&#160;", " ", StringComparison.Ordinal));
            var latex = FormulaLatex.Of(line.Equation);
            Assert.Equal(latex.Count(character => character == '{'), latex.Count(character => character == '}'));
        }
    }

    /// <summary>The samples that end in an op of one input through which something flows back.</summary>
    public static TheoryData<string> Unaries => [.. OpSamples.All.Values
        .Where(sample => sample.Output is Operation { Op: Unary op } operation && op.Gradient(operation, 1f, 0) is not null)
        .Select(sample => sample.Name)];

    [Theory, MemberData(nameof(Unaries))]
    public void A_named_local_derivative_times_upstream_is_the_gradient(string name)
    {
        var sample = OpSamples.All[name];
        var output = sample.Output;
        var operation = Assert.IsType<Operation>(output);
        var local = operation.Op.Gradient(operation, 1f, 0)!;
        foreach (var feed in sample.Feeds)
        {
            var upstream = new Placeholder("upstream", output.Shape);
            var whole = new PlainFeed(feed) { [upstream] = new PlainTensor(PlainReading.ValuesOf([output], feed)[output].Shape) };
            for (var i = 0; i < whole[upstream].Count; i++) whole[upstream].Elements[i] = Math.Sin(i + 1);
            var gradient = operation.Op.Gradient(operation, upstream, 0)!;
            var (expected, product) = (gradient, upstream * local);
            var values = PlainReading.ValuesOf([expected, product], whole);
            Assert.Equal(values[expected].Elements, values[product].Elements,
                (a, b) => a.Equals(b) || Math.Abs(a - b) <= 1e-12 * (1 + Math.Abs(a)));
        }
    }

    [Fact]
    public void A_deep_graph_derives_without_a_deep_stack()
    {
        Node node = new Variable("w", [2]);
        for (var i = 0; i < 10_000; i++) node = i % 2 == 0 ? node.Tanh() : node + 0.5f;
        Assert.Contains("δ(s_1) = ", Derivation.Of(node.Sum()).ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_ending_decides_the_form_and_others_are_refused()
    {
        var (model, feed) = Complicated();
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.md");
        try
        {
            model.Explain(file, feed);
            Assert.Equal(model.Derivation(feed).ToMarkdown(), File.ReadAllText(file));
        }
        finally
        {
            File.Delete(file);
        }
        Assert.Contains("must be .html, .md or .txt", Assert.Throws<ArgumentException>(() => model.Explain("page.pdf")).Message,
            StringComparison.Ordinal);
        Assert.Throws<GraphException>(() => new Model(default, predictions: new Variable("w", [])).Derivation());
        Assert.Throws<ArgumentException>(() => Derivation.Of([]));
        Assert.Contains("was not fed", Assert.Throws<GraphException>(() => model.Derivation([])).Message, StringComparison.Ordinal);
    }

    /// <summary>Shared nodes, broadcasting, softmax, slicing and two losses.</summary>
    private static (Model Model, Feed Feed) Complicated(Optimizer? optimizer = null)
    {
        var x = new Placeholder("x", [null, 3]);
        var target = new Placeholder("target", [null, 2]);
        var w = new Variable("w", [3, 4], Initializer.Constant([.. Enumerable.Range(0, 12).Select(i => 0.1f * (i % 5) - 0.2f)]));
        var b = new Variable("b", [4], Initializer.Constant(0.1f, -0.1f, 0.2f, 0));
        var scale = new Variable("scale", [], Initializer.Constant(1.5f));
        var hidden = (x.MatMul(w) + b).Tanh("hidden");
        var scores = hidden.Slice(1, 0, 2) * scale + hidden.Slice(1, 2, 4);
        var chosen = scores.Softmax(name: "chosen");
        var first = -(target * (chosen + 1e-6f).Log()).Sum(axis: 1).Mean(name: "first");
        var second = (hidden * hidden).Mean() * 0.5f;
        var feed = new Feed { [x] = new float[,] { { 1, 2, -1 }, { 0, 1, 0.5f } }, [target] = new float[,] { { 1, 0 }, { 0, 1 } } };
        return (new Model(new[] { first, second }, chosen, optimizer ?? new Adam()), feed);
    }

    private static double[] Numbers(string text) =>
        [.. text.Split([' ', ';'], StringSplitOptions.RemoveEmptyEntries)
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture))];

    private static double Difference(Node loss, Variable variable, int element, Feed feed)
    {
        const double h = 1e-6;
        double At(double shift)
        {
            var moved = new PlainTensor(variable.Shape, Array.ConvertAll(variable.Values.ToArray(), value => (double)value));
            moved.Elements[element] += shift;
            return PlainReading.ValuesOf([loss], PlainReading.Fed(feed),
                new Dictionary<Variable, PlainTensor> { [variable] = moved })[loss].Elements[0];
        }
        return (At(h) - At(-h)) / (2 * h);
    }
}
