from __future__ import annotations

import pickle

import numpy as np

from worthbook.models.lifetime import MBGNBD, PurchaseHistory
from worthbook.planning.estimate import Prediction
from worthbook.planning.estimator import Ahead
from worthbook.planning.estimators import ESTIMATORS


def test_a_prediction_travels_by_pickle_and_says_the_same() -> None:
    """Spark's workers are processes of their own."""
    history = PurchaseHistory([0, 0, 3, 1, 0, 6, 2], [0, 0, 20, 5, 0, 29, 14], [30, 31, 30, 32, 30, 30, 33])
    estimator, ahead = ESTIMATORS["mbg_nbd"], Ahead(52.0, 0.1)
    asked = {name: (quantity, ahead) for name, quantity in estimator.quantities.items()}
    inputs = {"x": "repeats", "t_x": "recency", "T": "age"}
    prediction = Prediction(MBGNBD().fit(history), estimator.read, inputs, {}, asked)
    groups = {"repeats": np.array([0.0, 2.0]), "recency": np.array([0.0, 9.0]), "age": np.array([20.0, 30.0])}
    here, there = prediction(groups), pickle.loads(pickle.dumps(prediction))(groups)  # noqa: S301 - our own bytes
    assert set(here) == set(estimator.quantities) >= {"p_alive", "expected_purchases"}
    assert {name: values.tolist() for name, values in here.items()} == {
        name: values.tolist() for name, values in there.items()
    }
