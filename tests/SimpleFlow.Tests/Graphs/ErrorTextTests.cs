namespace SimpleFlow.Tests.Graphs;

/// <summary>The wording of every error about shapes, types and graphs, to be read as a learner would read it.</summary>
[Trait("Promise", "17")]
public class ErrorTextTests
{
    private static readonly Placeholder Images = Floats("images", 12, [64, 784]), Labels = Integers("labels", 13, [64]),
        Number = Floats("number", 14, []);

    [Fact]
    public void MatMul_inner_sizes()
    {
        Says(
            """
            MatMul: inner sizes differ. Left `images` is [64, 784], right `w1` is [512, 10]; 784 must equal 512.
            `images` was made at Program.cs:12, `w1` at Program.cs:15.
            Give `w1` the shape [784, 10], or pass it transposed if it is stored the other way.
            """, () => Images.MatMul(Floats("w1", 15, [512, 10])));
        Says(
            """
            MatMul: inner sizes differ. Left `images` is [64, 784], right `w1` is [10, 784]; 784 must equal 10.
            `images` was made at Program.cs:12, `w1` at Program.cs:15.
            Pass `w1` transposed, with transposeRight: true.
            """, () => Images.MatMul(Floats("w1", 15, [10, 784])));
        Says(
            """
            MatMul: inner sizes differ. Left `images` is [64, 784], right `w1` is [784, 10] taken transposed; 784 must equal 10.
            `images` was made at Program.cs:12, `w1` at Program.cs:15.
            Pass `w1` as it is, without transposeRight.
            """, () => Images.MatMul(Floats("w1", 15, [784, 10]), transposeRight: true));
        Says(
            """
            MatMul: inner sizes differ. Left `images` is [64, 784] taken transposed, right `w1` is [5, ?, 10]; 64 must equal 7.
            `images` was made at Program.cs:12, `w1` at Program.cs:15.
            Give `w1` the shape [5, 64, 10], or pass it transposed if it is stored the other way.
            """.Replace("[5, ?, 10]", "[5, 7, 10]", StringComparison.Ordinal),
            () => Images.MatMul(Floats("w1", 15, [5, 7, 10]), transposeLeft: true));
    }

    [Fact]
    public void MatMul_ranks_batches_and_types()
    {
        Says(
            """
            MatMul: `bias` is [784]; a matrix has at least two axes.
            `images` was made at Program.cs:12, `bias` at Program.cs:15.
            Reshape a vector to one row, [1, n], or one column, [n, 1].
            """, () => Images.MatMul(Floats("bias", 15, [784])));
        Says(
            """
            MatMul: the batches do not broadcast. Left `a` is [2, 3, 4], right `b` is [5, 4, 3]; \
            all axes before the last two must be equal or 1.
            `a` was made at Program.cs:1, `b` at Program.cs:2.
            Reshape one of them, or give it an axis of size 1 where it should be repeated.
            """, () => Floats("a", 1, [2, 3, 4]).MatMul(Floats("b", 2, [5, 4, 3])));
        Says(
            """
            MatMul: `pixels` is Int32; Float32 is needed.
            `pixels` was made at Program.cs:1, `images` at Program.cs:12.
            Convert it with Cast().
            """, () => Integers("pixels", 1, [2, 64]).MatMul(Images));
    }

    [Fact]
    public void Broadcasting()
    {
        Says(
            """
            Add: the shapes do not broadcast. Left `a` is [2, 3, 1], right `b` is [4, 5]; aligned at the last axis, 3 meets 4: \
            a pair of sizes must be equal, or one of them 1.
            `a` was made at Program.cs:1, `b` at Program.cs:2.
            Reshape one of them, or give it an axis of size 1 where it should be stretched.
            """, () => Floats("a", 1, [2, 3, 1]) + Floats("b", 2, [4, 5]));
        Says(
            """
            Greater: the shapes do not broadcast. Left `a` is [2], right `b` is [3]; aligned at the last axis, 2 meets 3: \
            a pair of sizes must be equal, or one of them 1.
            `a` was made at Program.cs:1, `b` at Program.cs:2.
            Reshape one of them, or give it an axis of size 1 where it should be stretched.
            """, () => Floats("a", 1, [2]).Greater(Floats("b", 2, [3])));
        Says(
            """
            Select: the shapes do not broadcast. The condition `a > 0` is [2], the values [3].
            `a > 0` was made at Here.cs:9, `b` at Program.cs:2.
            Give all three shapes that broadcast to one.
            """, () => Flow.Select(Floats("a", 1, [2]).Greater(0f, null, "Here.cs", 9), Floats("b", 2, [3]), 0f));
        Says(
            """
            Broadcast: `images` [64, 784] cannot be stretched to [64, 10].
            `images` was made at Program.cs:12.
            Only missing axes and axes of size 1 can be stretched.
            """, () => Images.Broadcast([64, 10]));
        Says(
            """
            Broadcast: `images` [64, 784] cannot be stretched to [784].
            `images` was made at Program.cs:12.
            Only missing axes and axes of size 1 can be stretched.
            """, () => Images.Broadcast([784]));
    }

    [Fact]
    public void An_operator_knows_no_place_and_is_called_by_its_expression() => Says(
        """
        MatMul: inner sizes differ. Left `images - number` is [64, 784], right `w` is [3, 2]; 784 must equal 3.
        `w` was made at Program.cs:15.
        Give `w` the shape [784, 2], or pass it transposed if it is stored the other way.
        """, () => (Images - Number).MatMul(Floats("w", 15, [3, 2])));

    [Fact]
    public void A_layer_says_which_axes_it_takes()
    {
        Says(
            """
            Conv1D: `number` is []; the layer takes sequences [batch, channels, length].
            `number` was made at Program.cs:14.
            Reshape() it.
            """, () => Layers.Conv1D(Number, 2, 3));
    }

    [Fact]
    public void Element_types()
    {
        Says(
            """
            Exp: `labels` is Int32; Float32 is needed.
            `labels` was made at Program.cs:13.
            Convert it with Cast(), or feed it as floats.
            """, () => Labels.Exp());
        foreach (var (name, build) in new (string, Func<Node>)[]
        {
            ("ReduceSum", () => Labels.Sum()), ("ReduceMean", () => Labels.Mean()), ("ReduceMax", () => Labels.Max()),
            ("Softmax", () => Labels.Softmax()), ("LogSoftmax", () => Labels.LogSoftmax()), ("ArgMax", () => Labels.ArgMax()),
        })
        {
            Says(
                $"""
                {name}: `labels` is Int32; Float32 is needed.
                `labels` was made at Program.cs:13.
                Convert it with Cast().
                """, build);
        }
        Says(
            """
            Equal: the element types differ or are not numbers. Left `labels` is Int32, right `3` is Float32.
            `labels` was made at Program.cs:13.
            Compare numbers with numbers of the same type; Cast() makes floats of whole numbers and truth values.
            """, () => Labels.Equal(3f));
        Says(
            """
            Select: the condition `images` is Float32; Bool is needed.
            `images` was made at Program.cs:12.
            Make it with a comparison: x.Greater(0).
            """, () => Flow.Select(Images, 1f, 0f));
        Says(
            """
            OneHot: `number` is Float32; Int32 is needed.
            `number` was made at Program.cs:14.
            Declare the placeholder of the labels with ElementType.Int32.
            """, () => Number.OneHot(10));
        Says(
            """
            OneHot: the number of classes is 0.
            `labels` was made at Program.cs:13.
            Give at least one class.
            """, () => Labels.OneHot(0));
        Says(
            """
            SoftmaxCrossEntropy: `labels` is Int32; Float32 is needed.
            `images` was made at Program.cs:12, `labels` at Program.cs:13.
            Make rows of class indices with OneHot(), or convert with Cast().
            """, () => Images.SoftmaxCrossEntropy(Labels));
        Says(
            """
            SoftmaxCrossEntropy: the logits `images` are [64, 784], the target `number` is [].
            `images` was made at Program.cs:12, `number` at Program.cs:14.
            The target must be [64, 784]: nothing is stretched.
            """, () => Images.SoftmaxCrossEntropy(Number));
        Says(
            """
            Gather: the indices `number` are Float32; Int32 is needed.
            `images` was made at Program.cs:12, `number` at Program.cs:14.
            Declare the placeholder with ElementType.Int32.
            """, () => Images.Gather(Number));
    }

    [Fact]
    public void Axes()
    {
        Says(
            """
            ReduceSum: axis 2 does not exist: `images` is [64, 784].
            `images` was made at Program.cs:12.
            Axes run from 0 to 1, or from -2 to -1 counted from the last.
            """, () => Images.Sum(2));
        Says(
            """
            ReduceMean: axis -2 does not exist: `vector` is [?].
            `vector` was made at Program.cs:1.
            Its only axis is 0, or -1 counted from the last.
            """, () => Floats("vector", 1, [null]).Mean(-2));
        foreach (var (name, build) in new (string, Func<Node>)[]
        {
            ("ReduceMax", () => Number.Max(0)), ("Softmax", () => Number.Softmax()), ("ArgMax", () => Number.ArgMax()),
            ("Slice", () => Number.Slice(-1, 0)), ("Concat", () => Flow.Concat([Number], -1)), ("Gather", () => Number.Gather(Labels, -1)),
        })
        {
            Assert.StartsWith(
                $"{name}: axis {(name == "ReduceMax" ? 0 : -1)} does not exist: `number` is [].\n`number` was made at Program.cs:14",
                Message(build), StringComparison.Ordinal);
            Assert.EndsWith("\nA scalar has no axes.", Message(build), StringComparison.Ordinal);
        }
        Says(
            """
            ReduceSum: an axis of `images` [64, 784] is named twice in [1, -1].
            `images` was made at Program.cs:12.
            Name each axis once; a negative one counts from the last.
            """, () => Images.Sum([1, -1]));
        Says(
            """
            Transpose: the order [1, 1] does not name each axis of `images` [64, 784] once.
            `images` was made at Program.cs:12.
            Give the axes 0 to 1 in the order you want.
            """, () => Images.Transpose([1, 1]));
        Says(
            """
            Transpose: the order [0] does not name each axis of `number` [] once.
            `number` was made at Program.cs:14.
            A scalar has no axes.
            """, () => Number.Transpose([0]));
        Says(
            """
            ArgMax: `nothing` [2, 0] has no elements along axis 1.
            `nothing` was made at Program.cs:1.
            ArgMax needs at least one element.
            """, () => Floats("nothing", 1, [2, 0]).ArgMax());
        Says(
            """
            Slice: the step 0 is not positive.
            `images` was made at Program.cs:12.
            Steps run forward; write a step of at least 1.
            """, () => Images.Slice(0, 0, step: 0));
    }

    [Fact]
    public void Reshaping_and_joining()
    {
        Says(
            """
            Reshape: `images` [64, 784] has 50,176 elements and cannot fill [64, 28, 29].
            `images` was made at Program.cs:12.
            The product of the sizes must stay the same.
            """, () => Images.Reshape([64, 28, 29]));
        Says(
            """
            Reshape: `images` [64, 784] has 50,176 elements and cannot fill [?, 30].
            `images` was made at Program.cs:12.
            The product of the sizes must stay the same.
            """, () => Images.Reshape([null, 30]));
        Says(
            """
            Reshape: the new shape [?, ?, 784] leaves 2 sizes open; at most one can follow from the others.
            `images` was made at Program.cs:12.
            Leave at most one size open.
            """, () => Images.Reshape([null, null, 784]));
        Says(
            """
            Reshape: the open size of [0, ?] does not follow from the 0 elements of `nothing` [2, 0], because another size is 0.
            `nothing` was made at Program.cs:1.
            Write out all sizes if one is 0.
            """, () => Floats("nothing", 1, [2, 0]).Reshape([0, null]));
        Says(
            """
            Concat: the shapes differ outside axis 0. `images` is [64, 784], `more` is [64, 783].
            `images` was made at Program.cs:12, `more` at Program.cs:1.
            All sizes but the joined one must be equal.
            """, () => Flow.Concat([Images, Floats("more", 1, [64, 783])], 0));
        Says(
            """
            Concat: the element types differ. `images` is Float32, `labels` is Int32.
            `images` was made at Program.cs:12, `labels` at Program.cs:13.
            Convert with Cast().
            """, () => Flow.Concat([Images, Labels], 0));
        Assert.Equal("Concat: there are no tensors to join. (Parameter 'parts')",
            Assert.Throws<ArgumentException>(() => Flow.Concat([], 0)).Message);
    }

    [Fact]
    public void Variables_and_assignments()
    {
        Says(
            """
            Variable: `w` has the shape [?, 3]; every size of a variable must be known.
            `w` was made at Program.cs:4.
            Only placeholders may leave sizes open.
            """, () => new Variable("w", [null, 3], file: "Program.cs", line: 4));
        Says(
            """
            Variable: `w` has the shape [2, 2], but its initial values are constant[3].
            `w` was made at Program.cs:4.
            Give as many values as the variable has elements.
            """, () => new Variable("w", [2, 2], Initializer.Constant(1, 2, 3), file: "Program.cs", line: 4));
        var w = new Variable("w", [2], file: "Program.cs", line: 4);
        Says(
            """
            Assign: `w` is [2], its new value `images` is [64, 784].
            `w` was made at Program.cs:4, `images` at Program.cs:12.
            The new value must have the variable's shape, with every size known.
            """, () => w.Assign(Images));
        Says(
            """
            Assign: `w` is Float32, its new value `steps` is Int32.
            `w` was made at Program.cs:4, `steps` at Program.cs:1.
            Convert it with Cast().
            """, () => w.Assign(Integers("steps", 1, [2])));
        Says(
            """
            Assign: `images` is not a variable.
            `images` was made at Program.cs:12, `w` at Program.cs:4.
            Only variables can be assigned.
            """, () => Flow.AddFlow(Images, new Assign(w)));
        Assert.Equal("`w` [2] needs 2 elements, and 3 were given. (Parameter 'elements')",
            Assert.Throws<ArgumentException>(() => w.Set([1, 2, 3])).Message);
    }

    [Fact]
    public void Losses_metrics_and_layers()
    {
        var column = Floats("y_pre", 20, [null, 1]);
        var vector = Floats("y", 21, [null]);
        foreach (var (name, build) in new (string, Func<Node>)[]
        {
            ("MeanSquaredError", () => Losses.MeanSquaredError(column, vector)),
            ("MeanAbsoluteError", () => Losses.MeanAbsoluteError(column, vector)), ("Huber", () => Losses.Huber(column, vector)),
            ("BinaryCrossEntropy", () => Losses.BinaryCrossEntropy(column, vector)),
            ("SoftmaxCrossEntropy", () => Losses.SoftmaxCrossEntropy(column, vector)),
            ("CrossEntropy", () => Losses.CrossEntropy(column, vector)), ("Accuracy", () => Metrics.Accuracy(column, vector)),
        })
        {
            Says(
                $"""
                {name}: the prediction `y_pre` is [?, 1], the target `y` is [?].
                `y_pre` was made at Program.cs:20, `y` at Program.cs:21.
                The target must be [?, 1]: declare it so, or Reshape() it if its elements are the right ones.
                """, build);
        }
        var logits = Floats("logits", 20, [null, 10]);
        var digits = Integers("digits", 21, [null, 1]);
        foreach (var (name, build) in new (string, Func<Node>)[]
        {
            ("SoftmaxCrossEntropy", () => Losses.SoftmaxCrossEntropy(logits, digits)), ("Accuracy", () => Metrics.Accuracy(logits, digits)),
        })
        {
            Says(
                $"""
                {name}: the prediction `logits` is [?, 10], the target `digits` is [?, 1] (class indices).
                `logits` was made at Program.cs:20, `digits` at Program.cs:21.
                The target must be [?]: declare it so, or Reshape() it if its elements are the right ones.
                """, build);
        }
        Says(
            """
            MeanSquaredError: the prediction `y` is [?], the target `one` is [1].
            `y` was made at Program.cs:21, `one` at Program.cs:22.
            The target must be [?]: declare it so, or Reshape() it if its elements are the right ones.
            """, () => Losses.MeanSquaredError(vector, Floats("one", 22, [1])));
        Says(
            """
            SoftmaxCrossEntropy: the last size of `open` [2, ?] is the number of classes and must be known.
            `open` was made at Program.cs:22.
            Declare it: [null, 10].
            """, () => Losses.SoftmaxCrossEntropy(Floats("open", 22, [2, null]), Integers("i", 23, [2])));
        Says(
            """
            Dense: the last size of `open` [2, ?] must be known: the weights' shape depends on it.
            `open` was made at Program.cs:22.
            Declare it: [null, 784].
            """, () => Layers.Dense(Floats("open", 22, [2, null]), 3));
    }

    [Fact]
    public void Feeds()
    {
        var x = Floats("x", 3, [null, 3]);
        Assert.Equal(
            """
            The placeholder `x` [?, 3] was not fed, but a requested result depends on it. It was made at Program.cs:3.
            Add it to the feed: [x] = ….
            """, Assert.Throws<GraphException>(() => PlainReading.Of([x * 2f], [])).Message);
        Assert.Equal(
            """
            The placeholder `x` has the shape [?, 3], but was fed [2, 4]. It was made at Program.cs:3.
            Feed an array of that shape, or a flat array whose length fills it.
            """, Assert.Throws<GraphException>(() => PlainReading.Of([x], new Feed { [x] = new float[2, 4] })).Message);
        Assert.Equal(
            """
            The placeholder `x` has the shape [?, 3], but was fed [4]. It was made at Program.cs:3.
            Feed an array of that shape, or a flat array whose length fills it.
            """, Assert.Throws<GraphException>(() => PlainReading.Of([x], new Feed { [x] = new float[4] })).Message);
        Assert.Equal([2, 3], PlainReading.Of([x], new Feed { [x] = new float[6] })[0].Lengths);
    }

    [Fact]
    public void An_unknown_size_is_never_stretched()
    {
        var (x, y, a, b) = (Floats("x", 3, [null, 2]), Floats("y", 4, [null, 2]), Floats("a", 5, [null, 2, 3]), Floats("b", 6, [5, 3, 2]));
        var feed = new Feed { [x] = new float[1, 2], [y] = new float[4, 2], [a] = new float[6], [b] = new float[30] };
        Says(
            """
            Add: `x` was built as [?, 2] and is [1, 2] in this feed, where [4, 2] is needed: an unknown size is never stretched.
            `x` was made at Program.cs:3, `y` at Program.cs:4.
            Feed the same number of rows everywhere, or declare the axis as 1 where it should be stretched.
            """, () => { PlainReading.Of([x + y], feed); return x; });
        Says(
            """
            MatMul: `a` was built as [?, 2, 3] and is [1, 2, 3] in this feed, where [5, 2, 2] is needed: an unknown size is never stretched.
            `a` was made at Program.cs:5, `b` at Program.cs:6.
            Feed the same number of rows everywhere, or declare the axis as 1 where it should be stretched.
            """, () => { PlainReading.Of([a.MatMul(b)], feed); return x; });
    }

    [Fact]
    public void What_cannot_be_differentiated_or_trained()
    {
        Assert.Equal("`argmax(images)` is Int32: only floats have derivatives.",
            Assert.Throws<GraphException>(() => Gradients.Of(Images.ArgMax(), Images)).Message);
        Assert.Equal(
            "`sum(images)` depends on no trainable variable: there is nothing to train.",
            Assert.Throws<GraphException>(() => new Model(Images.Sum(), optimizer: new GradientDescent())).Message);
    }

    [Fact]
    public void Values_that_are_not_there()
    {
        Assert.Equal("`exp(number)` has no value yet: only the losses and predictions of a model that has run keep theirs.",
            Assert.Throws<InvalidOperationException>(() => Number.Exp().Value).Message);
        Assert.Equal("`w` has the shape [2], not one number: read Values.",
            Assert.Throws<InvalidOperationException>(() => new Variable("w", [2]).Value).Message);
    }

    [Fact]
    public void Null_is_refused_where_it_is_given()
    {
        Assert.Throws<ArgumentNullException>(() => Flow.AddFlow(null!, new Relu()));
        Assert.Throws<ArgumentNullException>(() => Flow.AddFlow(Images, null!));
        Assert.Throws<ArgumentNullException>(() => Flow.AddFlow(Images, new MatMul(null!)));
        Assert.Throws<ArgumentNullException>(() => Images + (Node)null!);
        Assert.Throws<ArgumentNullException>(() => Flow.Concat(null!, 0));
        Assert.Throws<ArgumentNullException>(() => Gradients.Of(null!, Images));
        Assert.Throws<ArgumentNullException>(() => new Placeholder("x", null!));
        Assert.Throws<ArgumentNullException>(() => new Variable("x", null!));
    }

    private static Placeholder Floats(string name, int line, Shape shape) =>
        new Placeholder(name, shape, file: "/home/you/Program.cs", line: line);

    private static Placeholder Integers(string name, int line, Shape shape) =>
        new Placeholder(name, shape, ElementType.Int32, @"C:\you\Program.cs", line);

    private static string Message(Func<Node> build) => Assert.Throws<ShapeException>(build).Message;

    // A backslash at the end of a line: the message continues on it.
    private static void Says(string expected, Func<Node> build) =>
        Assert.Equal(expected.ReplaceLineEndings("\n").Replace("\\\n", "", StringComparison.Ordinal), Message(build));
}
