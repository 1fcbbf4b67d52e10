namespace SimpleFlow.Defaults;

/// <summary>What learns a table with its defaults.</summary>
internal interface ILearner
{
    string Name { get; }

    /// <summary>Learns from the rows to train on, and predicts the others.</summary>
    /// <returns>The table's measure of the predictions, and the seconds of both together.</returns>
    (double Score, double Seconds) Run(Table table, ulong seed);
}
