using System.Numerics.Tensors;

namespace SimpleFlow.Tests.Training;

/// <summary>Reports and the metrics and weights beside them, against numbers counted by hand.</summary>
public class ReportTests
{
    [Fact]
    public void A_classification_is_counted()
    {
        var scores = Tensor.Create<float>([3, 1, 0, 0, 2, 1, 5, 1, 0, 0, 1, 2, 1, 3, 0], [5, 3]);        // taken for 0, 1, 0, 2, 1
        var report = ClassificationReport.Of(scores, new[] { 0, 1, 1, 2, 1 }, ["cat", "dog", "owl"]);
        Assert.Equal((5, 0.8), (report.Rows, report.Accuracy));
        Assert.Equal((1, 2, 1), (report[1, 0], report[1, 1], report[2, 2]));
        Assert.Equal((0.5, 1, 2.0 / 3), (report.Classes[0].Precision, report.Classes[0].Recall, report.Classes[0].F1));
        Assert.Equal((1, 2.0 / 3), (report.Classes[1].Precision, report.Classes[1].Recall));
        Assert.Equal((2.0 / 3 + 0.8 + 1) / 3, report.MacroF1, 1e-12);
        Assert.Equal("""
                      precision   recall       F1      rows
            cat          0.5000   1.0000   0.6667         1
            dog          1.0000   0.6667   0.8000         3
            owl          1.0000   1.0000   1.0000         1
            mean         0.8333   0.8889   0.8222         5
            accuracy 0.8000
            """.ReplaceLineEndings("\n"), report.ToString());
    }

    [Fact]
    public void A_single_column_is_the_logit_of_the_second_class()
    {
        var report = ClassificationReport.Of(Tensor.Create<float>([-1, 2, 0.5f], [3, 1]), new[] { 0, 1, 0 });
        Assert.Equal((1, 1, 1), (report[0, 0], report[1, 1], report[0, 1]));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var scores = Tensor.Create<float>([1, 0, 0, 1], [2, 2]);
        Assert.Contains("3 labels", Assert.Throws<DataException>(() => ClassificationReport.Of(scores, new[] { 0, 1, 1 })).Message,
            StringComparison.Ordinal);
        Assert.Contains("Row 1: the label is 2",
            Assert.Throws<DataException>(() => ClassificationReport.Of(scores, new[] { 0, 2 })).Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => ClassificationReport.Of(scores, new[] { 0, 1 }, ["one"]));
        Assert.Throws<DataException>(() => RegressionReport.Of(scores, new float[] { 1 }));
        Assert.Throws<DataException>(() => ClassWeights.Balanced(new[] { 0, 3 }, 2));
    }

    [Fact]
    public void A_regression_is_measured()
    {
        var report = RegressionReport.Of(Tensor.Create<float>([1, 2, 4], [3, 1]), new float[] { 1, 3, 2 });
        Assert.Equal((3, 1.0, Math.Sqrt(5.0 / 3), 1 - 5.0 / 2),
            (report.Rows, report.MeanAbsoluteError, report.RootMeanSquaredError, report.RSquared));
        Assert.Equal("mean absolute error 1, root mean squared error 1.291, R² -1.5000, 3 rows", report.ToString());
        var equal = RegressionReport.Of(Tensor.Create<float>([1, 2], [2]), new float[] { 3, 3 });
        Assert.True(double.IsNaN(equal.RSquared));
        Assert.Equal("mean absolute error 1.5, root mean squared error 1.5811, 2 rows", equal.ToString());
    }

    [Fact]
    public void Balanced_weights_let_every_class_count_alike() =>
        // Four rows of two classes that occur: 4 / (2 · 3), 4 / (2 · 1), and nothing for the class that does not.
        Assert.Equal([4 / 6f, 2, 0], ClassWeights.Balanced(new[] { 0, 0, 0, 1 }, 3));

    [Fact]
    public void A_class_of_few_rows_is_balanced_as_if_it_had_more()
    {
        // Five rows, of which the single one counts as half of one of two: 5 / (1.5 · 4), 5 / (1.5 · 2), and a mean of 1.
        var weights = ClassWeights.Balanced(new[] { 0, 0, 0, 0, 1 }, 2, fewestRows: 2);
        Assert.Equal([5 / 6f, 5 / 3f], weights);
        Assert.Equal(5, 4 * weights[0] + weights[1], 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassWeights.Balanced(new[] { 0, 1 }, 2, fewestRows: 0));
    }

    [Fact]
    public void The_mean_says_which_classes_have_no_rows()
    {
        var report = ClassificationReport.Of(Tensor.Create<float>([1, 0, 0, 0, 1, 0], [2, 3]), new[] { 0, 1 }, ["a", "b", "c"]);
        Assert.EndsWith("\nmean of 2 of 3 classes: no rows of 'c'", report.Table(), StringComparison.Ordinal);
    }

    [Fact]
    public void Top_k_counts_rows_whose_right_class_is_among_the_best()
    {
        var scores = new Placeholder("scores", [null, 4]);
        var right = new Placeholder("right", [null], ElementType.Int32);
        var feed = new Feed
        {
            [scores] = new float[,] { { 4, 3, 2, 1 }, { 4, 3, 2, 1 }, { 4, 3, 2, 1 }, { 1, 1, 1, 1 } },
            [right] = new[] { 0, 1, 2, 3 }
        };
        double Share(int k) => new Model([], Metrics.TopK(scores, right, k)).Predict(feed)[0];
        // Of equal scores the first is the largest: the last row is right with four guesses only.
        Assert.Equal([0.25, 0.5, 0.75, 1], new[] { Share(1), Share(2), Share(3), Share(4) });
        Assert.Equal("top-2 accuracy", Metrics.TopK(scores, right, 2).Label);
        var oneHot = new Placeholder("one-hot", [null, 4]);
        Assert.Equal(0.5,
            new Model([], Metrics.TopK(scores, oneHot, 2))
                .Predict(new Feed { [scores] = feed[scores], [oneHot] = feed[right].OneHot(4) })[0]);
    }

    [Theory]
    [InlineData(new[] { 5, 4, 3, 2, float.NegativeInfinity }, 2, 2, 0)]
    [InlineData(new[] { 5, 4, 3, 2, float.NegativeInfinity }, 4, 4, 0)]
    [InlineData(new[] { 5, 4, 3, 2, float.NegativeInfinity }, 1, 2, 1)]
    [InlineData(new[] { 5, float.PositiveInfinity, 3, 2, 1 }, 1, 1, 1)]
    [InlineData(new[] { 5, float.PositiveInfinity, 3, 2, 1 }, 0, 2, 1)]
    [InlineData(new[] { 0f, 0, 0, 0, 0 }, 1, 2, 1)]
    [InlineData(new[] { 0f, 0, 0, 0, 0 }, 2, 2, 0)]
    [InlineData(new[] { float.NaN, float.NaN, float.NaN, float.NaN, float.NaN }, 0, 1, 0)]
    [InlineData(new[] { 1, float.NaN, 0, 0, 0 }, 0, 1, 0)]
    [InlineData(new[] { 1, float.NaN, 0, 0, 0 }, 1, 1, 0)]
    public void Scores_that_tie_or_are_not_finite_make_no_row_right_by_chance(float[] row, int label, int k, float share)
    {
        var scores = new Placeholder("scores", [null, 5]);
        var right = new Placeholder("right", [null], ElementType.Int32);
        var feed = new Feed { [scores] = DataArray.From(row).Reshape(1, 5), [right] = new[] { label } };
        Node[] metrics = [Metrics.TopK(scores, right, k), Metrics.Accuracy(scores, right)];
        var values = new Model([], metrics).PredictAll(feed);
        Assert.Equal(share, values[0][0]);
        if (k == 1) Assert.Equal(share, values[1][0]);
        Assert.Equal(share, PlainReading.Of(metrics, feed)[0][0]);
    }

    [Fact]
    public void Macro_F1_counts_a_class_that_is_predicted_and_never_there()
    {
        // Class 0: 2·3 / (4 + 3); class 1: 2·1 / (1 + 2) at best; class 2 is predicted once and never there.
        var scores = Tensor.Create<float>([3, 1, 0, 3, 1, 0, 3, 1, 0, 1, 0, 3, 0, 3, 1], [5, 3]);           // taken for 0, 0, 0, 2, 1
        var report = ClassificationReport.Of(scores, new[] { 0, 0, 0, 0, 1 });
        Assert.Equal((6 / 7.0 + 1 + 0) / 3, report.MacroF1, 1e-12);
        Assert.Contains("mean         0.6667   0.5833   0.6190         5", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_without_a_score_has_no_answer()
    {
        var scores = Tensor.Create<float>([1, 0, 0, float.NaN], [2, 2]);
        var error = Assert.Throws<DataException>(() => ClassificationReport.Of(scores, new[] { 0, 1 }));
        Assert.StartsWith("Row 1: the score of class 1 is NaN", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, ClassificationReport.Of(scores, new[] { 0, -100 }, ignoreIndex: -100).Rows);
    }

    [Fact]
    public void Perplexity_is_e_to_the_loss() =>
        Assert.Equal(10, new Evaluation(Math.Log(10), new Dictionary<string, double>()).Perplexity, 1e-9);

    [Fact]
    public void Smoothed_and_weighted_cross_entropy_is_its_formula()
    {
        float[,] logits = { { 2, 1, 0 }, { 0, 0, 3 } };
        int[] classes = [0, 1];
        float[] weights = [1, 3, 1];
        var x = new Placeholder("x", [null, 3]);
        var y = new Placeholder("y", [null], ElementType.Int32);
        var feed = new Feed { [x] = logits, [y] = classes };
        double Row(int row, double smoothing)
        {
            double[] own = [logits[row, 0], logits[row, 1], logits[row, 2]];
            var norm = Math.Log(own.Sum(Math.Exp));
            return own.Select((logit, i) => -((i == classes[row] ? 1 - smoothing : 0) + smoothing / 3) * (logit - norm)).Sum();
        }
        double Value(Node loss) => new Model(loss).Evaluate(feed).Loss;
        Assert.Equal((Row(0, 0.3) + Row(1, 0.3)) / 2, Value(Losses.SoftmaxCrossEntropy(x, y, smoothing: 0.3f)), 1e-5);
        Assert.Equal((Row(0, 0) + 3 * Row(1, 0)) / 4, Value(Losses.SoftmaxCrossEntropy(x, y, classWeights: weights)), 1e-5);
        Assert.Throws<ArgumentOutOfRangeException>(() => Losses.SoftmaxCrossEntropy(x, y, smoothing: 1));
        Assert.Throws<ShapeException>(() => Losses.SoftmaxCrossEntropy(x, y, classWeights: [1, 2]));
    }

    [Fact]
    public void Penalties_add_up_sizes()
    {
        var (w, v) = (new Variable("w", [2], Initializer.Constant(3, -4)), new Variable("v", [1], Initializer.Constant(-2)));
        double Value(Node loss) => new Model(loss).Evaluate(new Feed()).Loss;
        Assert.Equal(0.1 * 29, Value(Losses.L2(0.1f, w, v)), 1e-5);
        Assert.Equal(0.1 * 9, Value(Losses.L1(0.1f, w, v)), 1e-5);
        Assert.Throws<ArgumentException>(() => Losses.L1(0.1f));
        Assert.Throws<ArgumentOutOfRangeException>(() => Losses.L2(-1, w));
    }

    [Fact]
    public void The_area_under_the_curve_is_the_chance_of_the_right_order()
    {
        // Scores 0.1, 0.4, 0.35, 0.8 of labels 0, 0, 1, 1: three of four pairs are in order.
        var logits = TensorMemory.Create([.. new[] { 0.1f, 0.4f, 0.35f, 0.8f }.Select(chance => MathF.Log(chance / (1 - chance)))], [4, 1]);
        var report = BinaryReport.Of(logits, new[] { 0, 0, 1, 1 });
        Assert.Equal(0.75, report.AreaUnderCurve, 1e-9);
        // From 0.35 on both are found and one other, an F1 of 0.8; the line is drawn in the middle between 0.35 and 0.1.
        Assert.Equal(0.225, report.BestThreshold(), 1e-6);
        Assert.Equal(2, report.At(0.3).Right);
        Assert.Equal(3, report.At(0.3).Taken);
        Assert.Equal(0.75, BinaryReport.Of(logits, new[] { 0, 0, 1, 1 }, positive: 0).AreaUnderCurve, 1e-9);
        // Equal scores count half, two columns are the same as their difference, and without one of the classes there is no area.
        Assert.Equal(0.5, BinaryReport.Of(TensorMemory.Create([1f, 3, 1, 3, 1, 3], [3, 2]), new[] { 0, 1, 0 }).AreaUnderCurve, 1e-9);
        Assert.Equal(double.NaN, BinaryReport.Of(logits, new[] { 0, 0, 0, 0 }).AreaUnderCurve);
        Assert.Equal(0.5, BinaryReport.Of(logits, new[] { 0, 0, 0, 0 }).BestThreshold());
    }

    [Fact]
    public void Probabilities_are_judged_at_every_threshold()
    {
        // The example of scikit-learn's average_precision_score, log_loss and brier_score_loss.
        float[] chances = [0.1f, 0.4f, 0.35f, 0.8f];
        var logits = TensorMemory.Create([.. chances.Select(chance => MathF.Log(chance / (1 - chance)))], [4, 1]);
        var report = BinaryReport.Of(logits, new[] { 0, 0, 1, 1 });
        Assert.Equal(1 * 0.5 + 2 / 3.0 * 0.5, report.AveragePrecision, 1e-9);
        Assert.Equal(-(Math.Log(0.9) + Math.Log(0.6) + Math.Log(0.35) + Math.Log(0.8)) / 4, report.LogLoss, 1e-6);
        Assert.Equal((0.01 + 0.16 + 0.4225 + 0.04) / 4, report.BrierScore, 1e-6);
        Assert.Equal([(0.0, 0.0, 1.0), (0, 0.5, 1), (0.5, 0.5, 0.5), (0.5, 1, 2 / 3.0), (1, 1, 0.5)],
            report.Curve().Select(point => (point.FalsePositiveRate, point.Recall, point.Precision)));
        // Parts [0, ½) with 0.1, 0.4 and 0.35, a third of which are positive, and [½, 1] with 0.8.
        var parts = report.Calibration(2);
        Assert.Equal([3, 1], parts.Select(part => part.Rows));
        Assert.Equal([1 / 3.0, 1], parts.Select(part => part.Share));
        Assert.Equal((3 * Math.Abs(0.85 / 3 - 1 / 3.0) + 0.2) / 4, report.CalibrationError(2), 1e-6);
        Assert.Contains("average precision      0.8333", report.Table(), StringComparison.Ordinal);
        // Equal scores are one threshold, and an answer that is certain and wrong costs infinity.
        Assert.Equal(2, BinaryReport.Of(TensorMemory.Create([1f, 1, 1], [3, 1]), new[] { 0, 1, 0 }).Curve().Count);
        Assert.Equal(double.PositiveInfinity,
            BinaryReport.Of(TensorMemory.Create([float.NegativeInfinity, 1], [2, 1]), new[] { 1, 1 }).LogLoss);
        Assert.Equal(double.NaN, BinaryReport.Of(logits, new[] { 0, 0, 0, 0 }).AveragePrecision);
    }

    [Fact]
    public void Answers_in_order_are_judged_by_how_far_they_are_off()
    {
        // Off by one twice; by chance 5.5 squares are expected.
        var scores = Tensor.Create<float>([1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0], [4, 3]);                   // taken for 0, 2, 2, 1
        Assert.Equal(1 - 2 / 5.5, ClassificationReport.Of(scores, new[] { 0, 1, 2, 2 }).QuadraticKappa, 1e-12);
        Assert.Equal(1, ClassificationReport.Of(scores, new[] { 0, 2, 2, 1 }).QuadraticKappa);
        Assert.Equal(double.NaN, ClassificationReport.Of(Tensor.Create<float>([1, 0], [1, 2]), new[] { 0 }).QuadraticKappa);
    }

    [Fact]
    public void Errors_are_told_in_percent_and_for_as_many_inputs()
    {
        var report = RegressionReport.Of(Tensor.Create<float>([1, 2, 4, 5], [4]), new float[] { 1, 3, 2, 0 });
        Assert.Equal(100 * (0 + 1 / 3.0 + 1) / 3, report.MeanAbsolutePercentageError, 1e-9);
        Assert.Equal(1 - (1 - report.RSquared) * 3 / 2, report.AdjustedRSquared(1), 1e-12);
        Assert.Equal(double.NaN, report.AdjustedRSquared(3));
        Assert.Equal(double.NaN, RegressionReport.Of(Tensor.Create<float>([1], [1]), new float[] { 0 }).MeanAbsolutePercentageError);
    }

    [Fact]
    public void The_best_threshold_has_the_highest_f1()
    {
        var random = new Random(3);
        int[] labels = [.. Enumerable.Range(0, 200).Select(_ => random.NextDouble() < 0.1 ? 1 : 0)];
        var logits = TensorMemory.Create([.. labels.Select(label => 2 * label - 2 + (float)(3 * random.NextDouble()))], [200, 1]);
        var report = BinaryReport.Of(logits, labels);
        var best = report.At(report.BestThreshold()).F1;
        for (var threshold = 0.0; threshold <= 1; threshold += 0.001) Assert.True(report.At(threshold).F1 <= best + 1e-12);
    }
}
