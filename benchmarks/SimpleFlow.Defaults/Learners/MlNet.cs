using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace SimpleFlow.Defaults;

/// <summary>A trainer of ML.NET with its defaults.</summary>
/// <param name="name">What it is called.</param>
/// <param name="regression">For amounts.</param>
/// <param name="binary">For two classes.</param>
/// <param name="multiclass">For more.</param>
internal sealed class MlNet(
    string name, Func<MLContext, IEstimator<ITransformer>> regression, Func<MLContext, IEstimator<ITransformer>> binary,
    Func<MLContext, IEstimator<ITransformer>> multiclass) : ILearner
{
    public string Name => name;

    public (double Score, double Seconds) Run(Table table, ulong seed)
    {
        var context = new MLContext((int)seed);
        var (split, isBinary) = (table.Split(seed), table.IsClassification && table.Classes == 2);
        var (train, test) = (Rows(split.Train), Rows(split.Test));
        var clock = Stopwatch.StartNew();
        var predictions = Trainer().Fit(train).Transform(test);
        var score = table.Measure switch
        {
            Measure.RSquared => context.Regression.Evaluate(predictions).RSquared,
            Measure.Accuracy when !isBinary => context.MulticlassClassification.Evaluate(predictions).MicroAccuracy,
            Measure.Accuracy => context.BinaryClassification.Evaluate(predictions).Accuracy,
            _ => context.BinaryClassification.Evaluate(predictions).AreaUnderRocCurve,
        };
        return (score, clock.Elapsed.TotalSeconds);

        IEstimator<ITransformer> Trainer() => !table.IsClassification ? regression(context)
            : isBinary ? binary(context)
            : context.Transforms.Conversion.MapValueToKey(nameof(Amount.Label)).Append(multiclass(context));

        IDataView Rows(int[] rows)
        {
            // ML.NET must know how many numbers a row has.
            var schema = SchemaDefinition.Create(isBinary ? typeof(YesOrNo) : typeof(Amount));
            schema[nameof(Amount.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, table.Inputs[0].Length);
            return isBinary
                ? context.Data.LoadFromEnumerable(
                    [.. rows.Select(row => new YesOrNo { Features = table.Inputs[row], Label = table.Targets[row] > 0 })], schema)
                : context.Data.LoadFromEnumerable(
                    [.. rows.Select(row => new Amount { Features = table.Inputs[row], Label = table.Targets[row] })], schema);
        }
    }

    private sealed class Amount
    {
        public required float[] Features { get; init; }

        public float Label { get; init; }
    }

    private sealed class YesOrNo
    {
        public required float[] Features { get; init; }

        public bool Label { get; init; }
    }
}
